"""Input of people turned into typed values, one module for each part of the work."""
