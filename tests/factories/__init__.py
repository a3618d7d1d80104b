"""Makes what tests need: one module for each app, plain functions with sensible defaults."""
