"""The WSGI application that the web server runs."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "palermo.config.settings")
application = get_wsgi_application()

# A thread that comes back from the database, seven times in a save, waits for one that computes: for a millisecond
# instead of five.
sys.setswitchinterval(0.001)
# What has been loaded stays; no collection needs to look through it again.
gc.collect()
gc.freeze()
