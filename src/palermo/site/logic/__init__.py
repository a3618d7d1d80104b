"""The rules of this app as plain functions: no Django, no database, no clock."""
