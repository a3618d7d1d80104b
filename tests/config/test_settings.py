"""Production settings are safe, and the migrations say all that the models say."""

import contextlib
import io
import os
import secrets
import subprocess
import sys

import pytest
from django.core.management import call_command


def test_production_settings_pass_every_check_for_deployment() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "palermo.config.settings",
        "PALERMO_MODE": "production",
        "PALERMO_SECRET_KEY": secrets.token_urlsafe(64),
        "PALERMO_HOSTS": "palermo.example.org",
        "DATABASE_URL": "postgres:///palermo",
    }
    command = [sys.executable, "-W", "error", "-m", "django", "check", "--deploy", "--fail-level", "INFO"]
    answer = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (0, "System check identified no issues (0 silenced).\n"), answer.stderr


def test_production_refuses_to_start_without_a_secret_key() -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "palermo.config.settings",
        "PALERMO_MODE": "production",
        "DATABASE_URL": "postgres:///palermo",
    }
    command = [sys.executable, "-m", "django", "check"]
    answer = subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert "PALERMO_SECRET_KEY is not set" in answer.stderr


@pytest.mark.django_db
def test_migrations_say_all_that_the_models_say() -> None:
    said = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=said)
    assert said.getvalue() == "No changes detected\n"
