"""``./palermo grant-role EMAIL ROLE SCOPE``: a role for a person who has an account."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from palermo.base.errors import Refusal
from palermo.parties import actions
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, User


class Command(BaseCommand):
    """Gives a role, or with ``--end`` takes it back. Nominations of focal points belong on the pages of the cycle."""

    help = "Give a person with an account a role on a scope, or take it back (--end)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, what, where."""
        parser.add_argument("email")
        parser.add_argument("role", choices=[role.value for role in Role])
        parser.add_argument("scope", help="/ is everything, /cycles all cycles, /cycles/2026/untoc/arg one response")
        parser.add_argument("--end", action="store_true", help="take the role back")

    def handle(self, *args: Any, email: str, role: str, scope: str, end: bool, **options: Any) -> None:
        """Gives or ends the grant."""
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            raise CommandError(f"There is no account for {email}. Invite the person on the pages, or see createadmin.")
        scope = scope if scope == "/" else scope.rstrip("/")
        try:
            if end:
                self.end(user, role, scope)
            else:
                actions.grant_role(by=None, user=user, role=Role(role), scope=scope)
                self.stdout.write(f"{user.name} <{user.email}> is {role} on {scope} now.")
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal

    def end(self, user: User, role: str, scope: str) -> None:
        """Takes the role back, or says what the person has."""
        grant = Grant.objects.filter(user=user, role=role, scope=scope, ended_at=None).first()
        if grant is None:
            held = [str(grant) for grant in Grant.objects.filter(user=user, ended_at=None).order_by("pk")]
            raise CommandError(f"{user.email} is not {role} on {scope}. Held: {'; '.join(held) or 'nothing'}.")
        actions.end_grant(by=None, grant=grant)
        self.stdout.write(f"{user.name} <{user.email}> is no longer {role} on {scope}.")
