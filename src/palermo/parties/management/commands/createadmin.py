"""``./palermo createadmin EMAIL NAME``: the first administrator, or another one."""

import getpass
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from palermo.base.errors import Refusal
from palermo.base.multilingual import LANGUAGES
from palermo.parties import actions
from palermo.parties.logic.roles import Role
from palermo.parties.models import User


class Command(BaseCommand):
    """Makes an administrator; the password is typed twice, or a link for the person is printed."""

    help = "Make an administrator: asks for a password, or prints an invitation link (--invite)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who it is."""
        parser.add_argument("email")
        parser.add_argument("name")
        parser.add_argument("--language", default="en", choices=LANGUAGES)
        parser.add_argument(
            "--invite", action="store_true", help="print a link by which the person chooses the password (ten days)"
        )

    def handle(self, *args: Any, email: str, name: str, language: str, invite: bool, **options: Any) -> None:
        """Makes the account if there is none, and gives it the role."""
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is not None and not user.is_active:
            raise CommandError(f"The account of {user.email} is closed.")
        known = user is not None and user.has_usable_password()
        password = None if invite or known else self.ask(User(email=email, name=name))
        try:
            with transaction.atomic():
                if user is None:
                    user = actions.create_user(by=None, email=email, name=name, language=language, password=password)
                elif password:
                    actions.set_password(by=None, user=user, password=password)
                accepted = known or not invite
                grant = actions.grant_role(by=None, user=user, role=Role.ADMINISTRATOR, scope="/", accepted=accepted)
                link = "" if accepted or grant.accepted_at else actions.invitation_link(by=None, grant=grant)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        if link:
            self.stdout.write(f"Send this link to {user.email}; it works once, within ten days:")
            self.stdout.write(f"{settings.SITE_ADDRESS}{link}")
            return
        self.stdout.write(f"{user.name} <{user.email}> is an administrator now.")
        if known:
            self.stdout.write("The account was there before; its password stays as it is.")
        if settings.SECOND_FACTOR_REQUIRED:
            self.stdout.write("At the first sign-in, a passkey or one-time codes must be set up.")

    def ask(self, user: User) -> str:
        """Asks for a password twice, until it is strong enough and the same."""
        while True:
            password = getpass.getpass("Password (at least twelve characters): ")
            try:
                validate_password(password, user)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
                continue
            if getpass.getpass("The same once more: ") == password:
                return password
            self.stderr.write("The two are not the same. Type both again.")
