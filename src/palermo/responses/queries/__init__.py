"""Reads that span tables, returned as querysets or dataclasses."""
