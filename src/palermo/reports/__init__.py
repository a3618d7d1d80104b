"""What does it all say? Analysis, tables, charts and the documents."""
