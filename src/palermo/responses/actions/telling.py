"""Writing to those who answer for a State: its focal point and deputies, each in the own language."""

from collections.abc import Callable, Mapping

from palermo.base import mail
from palermo.responses.models import Response
from palermo.responses.queries.team import heads_of


def tell_heads(*, response: Response, template: str, context: Callable[[str], Mapping[str, object]]) -> int:
    """Sends a mail to each; ``context`` gives its words in a language. Gives to how many."""
    told = heads_of(response)
    words = {language: context(language) for language in {user.language for user in told}}
    for user in told:
        mail.send(
            template=template, to=user, language=user.language, context={"name": user.name, **words[user.language]}
        )
    return len(told)
