"""The whole access policy on one page: what there is to do, who people are, and which role may do what.

A *grant* gives one person one role on one scope. A *scope* is a path, written by the app that owns the thing
(``/cycles/2026/untoc/arg/art-16``); a grant covers its own scope and everything below it.
"""

from collections.abc import Iterable
from enum import StrEnum


class Permission(StrEnum):
    """Everything that somebody may be allowed to do. Words of upper apps stand here too, so that this is one page."""

    # The national response
    READ_RESPONSE = "read the draft response"
    ANSWER = "answer questions"
    COMMENT = "write and read comments of the national team"
    HAND_OVER = "hand sections to contributors, invite and remove them"
    APPOINT_DEPUTY = "appoint and remove deputies"
    DECLARE_SECTION = "declare a section complete"
    RANK_REQUESTS = "put the requests for assistance in order"
    CLEAR_RESPONSE = "clear and submit the response"
    ASK_FOR_HELP = "ask the Secretariat for help to answer"
    REQUEST_REOPENING = "ask for the submitted response to be reopened"
    READ_MESSAGES = "read the messages between the Secretariat and the State"
    WRITE_MESSAGES = "write to the other side, Secretariat or State"
    # The Secretariat
    MANAGE_CYCLES = "open cycles and invite States"
    SEE_REPORTING = "see which States have begun and submitted"
    NOMINATE = "record a State's nomination of its focal point"
    GRANT_REOPENING = "grant or refuse reopening"
    READ_SUBMISSION = "read what a State has submitted"
    ANSWER_ON_BEHALF = "enter a response that a State sent on paper"
    SUPPLEMENT = "add questions to a questionnaire in a running cycle"
    ASK_CLARIFICATION = "ask a State what its submitted answers mean, and settle it"
    ANALYSE = "see what the submitted responses of all States say together"
    SEE_INFERRED_NEEDS = "see what silent States probably need, by comparison with similar ones"
    MAKE_DOCUMENTS = "make documents for the conference and see those that are made"
    # Administration
    LOAD_CONTENT = "load treaties, States and questionnaires"
    ADMINISTER = "administer accounts and grants"


class Role(StrEnum):
    """Who somebody is, within a scope."""

    FOCAL_POINT = "focal_point"
    DEPUTY = "deputy"
    LEAD = "lead"
    CONTRIBUTOR = "contributor"
    READER = "reader"
    SCRIBE = "scribe"
    SECRETARIAT = "secretariat"
    ADMINISTRATOR = "administrator"


_P = Permission

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    # The national focal point owns the response (decisions of the first day, 11).
    Role.FOCAL_POINT: frozenset(
        {
            _P.READ_RESPONSE,
            _P.ANSWER,
            _P.COMMENT,
            _P.HAND_OVER,
            _P.APPOINT_DEPUTY,
            _P.DECLARE_SECTION,
            _P.RANK_REQUESTS,
            _P.CLEAR_RESPONSE,
            _P.ASK_FOR_HELP,
            _P.REQUEST_REOPENING,
            _P.READ_SUBMISSION,
            _P.READ_MESSAGES,
            _P.WRITE_MESSAGES,
        }
    ),
    # A deputy does everything but appoint deputies, clear and submit.
    Role.DEPUTY: frozenset(
        {
            _P.READ_RESPONSE,
            _P.ANSWER,
            _P.COMMENT,
            _P.HAND_OVER,
            _P.DECLARE_SECTION,
            _P.RANK_REQUESTS,
            _P.ASK_FOR_HELP,
            _P.READ_SUBMISSION,
            _P.READ_MESSAGES,
            _P.WRITE_MESSAGES,
        }
    ),
    # Of two bodies in one section the lead declares it complete (12).
    Role.LEAD: frozenset({_P.READ_RESPONSE, _P.ANSWER, _P.COMMENT, _P.DECLARE_SECTION}),
    Role.CONTRIBUTOR: frozenset({_P.READ_RESPONSE, _P.ANSWER, _P.COMMENT}),
    Role.READER: frozenset({_P.READ_RESPONSE, _P.READ_SUBMISSION, _P.READ_MESSAGES}),
    # An officer who enters what a State sent on paper, in this response and until the entry is ended (13). The grant
    # counts only beside one that allows ANSWER_ON_BEHALF there (see ``counting``).
    Role.SCRIBE: frozenset(
        {
            _P.READ_RESPONSE,
            _P.ANSWER,
            _P.DECLARE_SECTION,
            _P.RANK_REQUESTS,
            _P.CLEAR_RESPONSE,
        }
    ),
    # Before submission the Secretariat sees "begun" or "not begun", nothing else (13).
    Role.SECRETARIAT: frozenset(
        {
            _P.MANAGE_CYCLES,
            _P.SEE_REPORTING,
            _P.NOMINATE,
            _P.GRANT_REOPENING,
            _P.READ_SUBMISSION,
            _P.ANSWER_ON_BEHALF,
            _P.READ_MESSAGES,
            _P.WRITE_MESSAGES,
            _P.SUPPLEMENT,
            _P.ASK_CLARIFICATION,
            _P.ANALYSE,
            _P.SEE_INFERRED_NEEDS,
            _P.MAKE_DOCUMENTS,
        }
    ),
    # An administrator runs the system and reads no State's answers.
    Role.ADMINISTRATOR: frozenset({_P.LOAD_CONTENT, _P.ADMINISTER}),
}

# Where production asks for a passkey or a one-time code beside the password (decisions, 15).
SECOND_FACTOR_ROLES = frozenset({Role.FOCAL_POINT, Role.DEPUTY, Role.SECRETARIAT, Role.ADMINISTRATOR})


def covers(granted: str, scope: str) -> bool:
    """Whether a grant on ``granted`` reaches ``scope``: itself or anything below it."""
    return granted == "/" or scope == granted or scope.startswith(granted + "/")


def allows(role: Role | str, permission: Permission) -> bool:
    """Whether the role holds the permission."""
    return permission in ROLE_PERMISSIONS[Role(role)]


def counting(held: Iterable[tuple[Role | str, str]]) -> list[bool]:
    """Which of a person's grants, as role and scope, count: all but a scribe's without the right it rests on.

    Whoever has left the Secretariat enters nothing any more, although the entry may still be open.
    """
    grants = list(held)
    return [
        Role(role) is not Role.SCRIBE
        or any(allows(other, Permission.ANSWER_ON_BEHALF) and covers(reach, scope) for other, reach in grants)
        for role, scope in grants
    ]
