"""Everything that changes cycles, responses and answers; one function for each thing that can happen."""
