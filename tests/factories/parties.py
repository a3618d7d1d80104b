"""States, people and grants."""

import datetime
from itertools import count

from django.utils import timezone

from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, Party, PartyName, User

_numbers = count(1)


def make_party(code: str = "ARG", name: str = "Argentina") -> Party:
    """A State with its name in English; the same again if it is there."""
    party, created = Party.objects.get_or_create(code=code, defaults={"kind": "state", "iso3": code})
    if created:
        PartyName.objects.create(
            party=party,
            validity=(datetime.date(1945, 10, 24), None),
            texts={"en": {"short": name, "formal": f"the Republic of {name}", "sort": name.lower()}},
        )
    return party


def make_user(name: str = "", *, institution: str = "", language: str = "en", party: Party | None = None) -> User:
    """A person with an account."""
    number = next(_numbers)
    return User.objects.create(
        email=f"person{number}@example.org",
        name=name or f"Person {number}",
        institution=institution,
        language=language,
        party=party,
        password="!",
    )


def make_grant(user: User, role: Role, scope: str) -> Grant:
    """A grant that counts; what was read of the person's grants before is forgotten."""
    user.__dict__.pop("_open_grants", None)
    return Grant.objects.create(user=user, role=role, scope=scope, accepted_at=timezone.now())


PASSWORD = "seven blue mountains"


def make_member(name: str = "", *, language: str = "en", password: str | None = PASSWORD) -> User:
    """A person who can sign in with ``PASSWORD``; without a password, one who was only invited."""
    user = make_user(name, language=language)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    user.save(update_fields=["password"])
    return user
