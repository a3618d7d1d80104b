"""What kinds of instruments, articles, provisions and acts there are."""

from enum import StrEnum


class InstrumentKind(StrEnum):
    """A convention, or a protocol to one."""

    CONVENTION = "convention"
    PROTOCOL = "protocol"


class ArticleKind(StrEnum):
    """What an article is about, broadly."""

    FRAME = "frame"
    DEFINITION = "definition"
    CRIMINALIZATION = "criminalization"
    PREVENTION = "prevention"
    CONFISCATION = "confiscation"
    JURISDICTION = "jurisdiction"
    COOPERATION = "cooperation"
    LAW_ENFORCEMENT = "law-enforcement"
    PROTECTION = "protection"
    DATA = "data"
    ASSISTANCE = "assistance"
    FINAL = "final"
    JUDICIAL = "judicial"


class Obligation(StrEnum):
    """How much a provision demands."""

    MANDATORY = "mandatory"
    CONSIDERED = "considered"
    OPTIONAL = "optional"
    NONE = "none"


class Verb(StrEnum):
    """The verb by which the treaty demands it."""

    SHALL = "shall"
    SHALL_CONSIDER = "shall-consider"
    SHALL_ENDEAVOUR = "shall-endeavour"
    MAY = "may"
    SHOULD = "should"
    ENCOURAGED = "encouraged"
    NONE = "none"


class Bearer(StrEnum):
    """Of whom a provision demands it."""

    STATE = "state"
    CONFERENCE = "conference"
    SECRETARIAT = "secretariat"
    DEPOSITARY = "depositary"
    ORGANIZATION = "organization"


class ActKind(StrEnum):
    """What a State or a regional organisation can do towards a treaty."""

    SIGNATURE = "signature"
    RATIFICATION = "ratification"
    ACCEPTANCE = "acceptance"
    APPROVAL = "approval"
    ACCESSION = "accession"
    FORMAL_CONFIRMATION = "formal_confirmation"
    SUCCESSION = "succession"
    DENUNCIATION = "denunciation"


class ActClass(StrEnum):
    """Of each class a party has one act at a time towards an instrument."""

    SIGNATURE = "signature"
    CONSENT = "consent"
    DENUNCIATION = "denunciation"


CLASS_OF = {
    kind: {ActKind.SIGNATURE: ActClass.SIGNATURE, ActKind.DENUNCIATION: ActClass.DENUNCIATION}.get(
        kind, ActClass.CONSENT
    )
    for kind in ActKind
}
