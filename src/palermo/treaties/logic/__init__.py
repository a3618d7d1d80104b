"""The rules of this app as plain functions, enums and dataclasses: no Django, no database, no clock."""
