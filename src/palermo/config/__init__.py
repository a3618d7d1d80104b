"""How is it run? Settings, addresses, WSGI, the command line."""
