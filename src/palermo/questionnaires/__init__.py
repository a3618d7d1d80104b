"""What is asked? The question bank, versions, conditions, the mapping to provisions."""
