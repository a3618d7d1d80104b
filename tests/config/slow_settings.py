"""The project's settings, with a job that takes long."""

from palermo.config.settings import *  # noqa: F403
from palermo.config.settings import PROCRASTINATE_IMPORT_PATHS as PATHS

PROCRASTINATE_IMPORT_PATHS = [*PATHS, "tests.config.slow_jobs"]
