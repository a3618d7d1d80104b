"""What a response amounts to, and how it becomes a document; plain Python over what ``responses`` reads back."""
