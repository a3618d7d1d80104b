"""The access policy as plain data: scopes, and the whole table of roles and permissions on one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from palermo.parties.logic.browsers import browser_name
from palermo.parties.logic.roles import (
    ROLE_PERMISSIONS,
    SECOND_FACTOR_ROLES,
    Permission,
    Role,
    allows,
    counting,
    covers,
)
from palermo.parties.logic.tokens import token_hash
from palermo.parties.words import ROLE_NAMES

# What each role may do. A change here is a change of policy: read decisions 11 to 14 first.
COLUMNS = "focal_point deputy lead contributor reader scribe secretariat administrator"
TABLE = """
READ_RESPONSE       x x x x x x . .
ANSWER              x x x x . x . .
COMMENT             x x x x . . . .
HAND_OVER           x x . . . . . .
APPOINT_DEPUTY      x . . . . . . .
DECLARE_SECTION     x x x . . x . .
RANK_REQUESTS       x x . . . x . .
CLEAR_RESPONSE      x . . . . x . .
ASK_FOR_HELP        x x . . . . . .
REQUEST_REOPENING   x . . . . . . .
READ_MESSAGES       x x . . x . x .
WRITE_MESSAGES      x x . . . . x .
MANAGE_CYCLES       . . . . . . x .
SEE_REPORTING       . . . . . . x .
NOMINATE            . . . . . . x .
GRANT_REOPENING     . . . . . . x .
READ_SUBMISSION     x x . . x . x .
ANSWER_ON_BEHALF    . . . . . . x .
SUPPLEMENT          . . . . . . x .
ASK_CLARIFICATION   . . . . . . x .
ANALYSE             . . . . . . x .
SEE_INFERRED_NEEDS  . . . . . . x .
MAKE_DOCUMENTS      . . . . . . x .
LOAD_CONTENT        . . . . . . . x
ADMINISTER          . . . . . . . x
"""


def test_the_table_of_roles_and_permissions_is_this_one() -> None:
    roles = [Role(name) for name in COLUMNS.split()]
    assert roles == list(Role)
    drawn = "\n".join(
        f"{permission.name:<20}" + " ".join("x" if allows(role, permission) else "." for role in roles)
        for permission in Permission
    )
    assert drawn == TABLE.strip()


def test_every_role_has_permissions_and_a_name() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role) == set(ROLE_NAMES)


def test_nobody_but_the_national_team_reads_a_draft() -> None:
    readers = {role for role in Role if allows(role, Permission.READ_RESPONSE)}
    assert readers & {Role.SECRETARIAT, Role.ADMINISTRATOR} == set()


def test_whoever_may_submit_or_administer_needs_a_second_factor() -> None:
    strong = {Permission.CLEAR_RESPONSE, Permission.HAND_OVER, Permission.ADMINISTER, Permission.READ_SUBMISSION}
    holders = {role for role in Role for permission in strong if allows(role, permission)}
    # A scribe is one beside the Secretariat's own role only, which needs it.
    assert holders - SECOND_FACTOR_ROLES == {Role.READER, Role.SCRIBE}


def test_a_scribe_counts_only_beside_the_right_to_enter_paper() -> None:
    place = "/cycles/2026/untoc/arg"
    scribe, officer = (Role.SCRIBE, place), (Role.SECRETARIAT, "/cycles")
    assert counting([scribe]) == [False]
    assert counting([scribe, officer]) == [True, True]
    assert counting([scribe, (Role.SECRETARIAT, "/cycles/2028")]) == [False, True]
    assert counting([scribe, (Role.FOCAL_POINT, place)]) == [False, True]


def test_an_unknown_role_allows_nothing_but_fails() -> None:
    with pytest.raises(ValueError, match="visitor"):
        allows("visitor", Permission.ANSWER)


@pytest.mark.parametrize(
    ("granted", "scope", "expected"),
    [
        ("/", "/", True),
        ("/", "/cycles", True),
        ("/", "/cycles/2026/untoc/arg/art-5", True),
        ("/cycles", "/", False),
        ("/cycles", "/cycles", True),
        ("/cycles", "/cycles/2026", True),
        ("/cycles", "/cyclesX", False),
        ("/cycles/2026", "/cycles/20266", False),
        ("/cycles/2026/untoc/arg", "/cycles/2026/untoc/arg", True),
        ("/cycles/2026/untoc/arg", "/cycles/2026/untoc/arg/art-5", True),
        ("/cycles/2026/untoc/arg", "/cycles/2026/untoc/arg/art-5/figures", True),
        ("/cycles/2026/untoc/arg", "/cycles/2026/untoc/arm", False),
        ("/cycles/2026/untoc/arg", "/cycles/2026/untoc", False),
        ("/cycles/2026/untoc/arg", "/cycles/2028/untoc/arg", False),
        ("/cycles/2026/untoc/arg/art-1", "/cycles/2026/untoc/arg/art-16", False),
        ("/cycles/2026/untoc/arg/art-16", "/cycles/2026/untoc/arg/art-1", False),
        ("", "/cycles", True),
        ("/cycles/2026/untoc/arg/", "/cycles/2026/untoc/arg/art-5", False),
    ],
)
def test_a_grant_covers_its_scope_and_what_lies_below(granted: str, scope: str, expected: bool) -> None:
    assert covers(granted, scope) is expected


parts = st.lists(st.text("abc-1", min_size=1, max_size=4), max_size=5)


@given(parts, parts)
def test_covering_is_being_a_beginning(first: list[str], second: list[str]) -> None:
    granted, scope = ("/" + "/".join(path) for path in (first, second))
    assert covers(granted, scope) is (second[: len(first)] == first)


def test_the_hash_of_a_secret_is_sha256() -> None:
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36",
            "Chrome, Linux",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_0) Version/19.0 Safari/605.1.15", "Safari, macOS"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_browsers_are_named_as_people_know_them(agent: str, name: str) -> None:
    assert browser_name(agent) == name
