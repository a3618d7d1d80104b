"""``./palermo forget-second-factors EMAIL``: for a person who has lost phone, key and recovery codes."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from palermo.parties import actions
from palermo.parties.models import User


class Command(BaseCommand):
    """Removes passkeys, authenticator app and recovery codes, and ends every session of the person."""

    help = "Remove the second factors of a person who has lost them. Make sure first that it is the person who asks."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Removes them, and says how many."""
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            raise CommandError(f"There is no account for {email}.")
        count = actions.forget_second_factors(by=None, user=user)
        self.stdout.write(f"Removed {count}. {user.name} <{user.email}> signs in with the password, then sets up anew.")
