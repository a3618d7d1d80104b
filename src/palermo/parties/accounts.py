"""How allauth behaves here: nobody signs up alone; people come by invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitations only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a focal point is nominated, a contributor is invited."""
        return False
