"""What every test may use. The server that the tests run on is started by the plugin `palermo.config.testing`."""

import pytest

from palermo.config.testing import ensure_server


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the embedded server when the first test asks for a database."""
    ensure_server()
