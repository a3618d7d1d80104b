"""Tags for charts and maps."""
