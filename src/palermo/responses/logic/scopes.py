"""The scope keys of this app: where in the tree of cycles, responses and sections a grant reaches."""

CYCLES = "/cycles"


def cycle_scope(*, cycle: str, **_rest: object) -> str:
    """The scope of a whole cycle."""
    return f"{CYCLES}/{cycle.lower()}"


def cycles_scope(**_rest: object) -> str:
    """The scope of all cycles."""
    return CYCLES


def response_scope(*, cycle: str, questionnaire: str, party: str, **_rest: object) -> str:
    """The scope of one State's response; takes the parameters of its pages."""
    return f"{CYCLES}/{cycle.lower()}/{questionnaire.lower()}/{party.lower()}"


def section_scope(*, cycle: str, questionnaire: str, party: str, section: str, **_rest: object) -> str:
    """The scope of one section of a response."""
    return f"{response_scope(cycle=cycle, questionnaire=questionnaire, party=party)}/{section}"
