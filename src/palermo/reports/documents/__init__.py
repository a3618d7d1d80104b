"""The sources of the documents and what gives them their form."""
