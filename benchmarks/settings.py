"""The settings of production, and a middleware that counts queries for the requests that ask for it."""

from palermo.config.settings import *  # noqa: F403
from palermo.config.settings import MIDDLEWARE

MIDDLEWARE = ["benchmarks.middleware.count_queries", *MIDDLEWARE]
