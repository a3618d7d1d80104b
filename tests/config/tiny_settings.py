"""The smallest site: enough to start the server for, and nothing of Palermo."""

import os

from palermo.config.settings import database

SECRET_KEY = os.environ["PALERMO_SECRET_KEY"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "tests.config.tiny_urls"
DATABASES = {"default": database(os.environ["DATABASE_URL"])}
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
USE_TZ = True
