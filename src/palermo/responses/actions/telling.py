"""Writing to those who answer for a State: its focal point and deputies, each in the own language."""

from collections.abc import Callable, Mapping

from palermo.base import mail
from palermo.parties.logic.roles import Role
from palermo.parties.models import Grant, User
from palermo.responses.models import Response
from palermo.responses.queries.state import scope_of


def heads_of(response: Response) -> list[User]:
    """The focal point and the deputies who have accepted, the focal point first. One query."""
    grants = Grant.objects.filter(
        role__in=[Role.FOCAL_POINT, Role.DEPUTY],
        scope=scope_of(response),
        ended_at=None,
        accepted_at__isnull=False,
        user__is_active=True,
    ).select_related("user")
    # One person may hold both.
    return list({grant.user_id: grant.user for grant in grants.order_by("-role", "pk")}.values())


def tell_heads(*, response: Response, template: str, context: Callable[[str], Mapping[str, object]]) -> int:
    """Sends a mail to each; ``context`` gives its words in a language. Gives to how many."""
    told = heads_of(response)
    words = {language: context(language) for language in {user.language for user in told}}
    for user in told:
        mail.send(
            template=template, to=user, language=user.language, context={"name": user.name, **words[user.language]}
        )
    return len(told)
