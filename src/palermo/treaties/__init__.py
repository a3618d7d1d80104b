"""What was agreed, and by whom? Instruments, provisions, topics, status of States."""
