"""Commands of parties: administrators, grants, lost second factors."""
