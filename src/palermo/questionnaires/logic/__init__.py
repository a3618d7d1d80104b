"""The rules of questionnaires as plain Python: specifications, conditions, fulfilment, content files."""
