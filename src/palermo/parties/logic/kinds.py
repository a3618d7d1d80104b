"""What kinds of parties, groups and names there are."""

from enum import StrEnum


class PartyKind(StrEnum):
    """Who can take part (decisions of the first day, 10)."""

    STATE = "state"
    OBSERVER_STATE = "observer_state"
    REGIONAL_ORGANISATION = "regional_organisation"
    UN_BODY = "un_body"
    ORGANISATION = "organisation"
    ENTITY = "entity"
    DONOR = "donor"


class GroupKind(StrEnum):
    """The ways in which parties are grouped; each is dated."""

    UN_GROUP = "un-group"
    SUBREGION = "subregion"
    LDC = "ldc"
    LLDC = "lldc"
    SIDS = "sids"


# A party is in at most one group of these kinds at a time; of the others in any number.
EXCLUSIVE_GROUPS = (GroupKind.UN_GROUP, GroupKind.SUBREGION)
# Those who can be bound by a treaty of States and so answer its questionnaire.
TREATY_PARTIES = (PartyKind.STATE, PartyKind.OBSERVER_STATE, PartyKind.REGIONAL_ORGANISATION)
