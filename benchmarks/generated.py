"""Questionnaires of any size, in the rhythm of the real one: articles of twelve questions of every kind."""

from collections.abc import Iterator
from dataclasses import replace
from types import MappingProxyType

from tests.factories.questionnaires import question

from palermo.base.multilingual import LANGUAGES
from palermo.questionnaires.logic.conditions import parse
from palermo.questionnaires.logic.spec import Heading, QuestionSpec, Rule, SectionSpec, VersionSpec, build_version

PER_SECTION = 12
GUIDANCE = (
    "Say which laws, regulations or decisions of courts apply, since when, and to whom. If only some of what the "
    "Convention asks for is covered, say what is not. Cite the articles; the texts can be attached."
)


def questions_of(code: str, article: int) -> Iterator[QuestionSpec]:
    """The twelve questions of one article, each worded on its own."""
    at = f"{code}.{article}"
    first = f"${{{at}.1.implementation}} != 'no'"
    place = {"section": f"art-{article}", "provision": f"{at}.1", "guidance": GUIDANCE}

    def ask(tail: str, kind: str, words: str, **more: object) -> QuestionSpec:
        return question(f"{at}.{tail}", kind, text=f"{words} (article {article})?", **place, **more)

    yield ask("1.implementation", "implementation", "Is the conduct described there a criminal offence in your State")
    yield ask("1.measures", "legislation", "Which laws make it an offence", asks="measures", relevant=first)
    yield ask("1.measures.kind", "choices", "Which elements does the law name", asks="measures", relevant=first,
              choices=("intention", "attempt", "complicity", "organising", "advising"))  # fmt: skip
    yield ask("1.measures.grave", "yes_no", "Is it punished with four years of prison or more", asks="measures")
    yield ask("1.measures.sanctions", "text", "Which sanctions can be imposed", asks="measures")
    yield ask("1.practice", "yes_no", "Has the law been used in court", asks="practice", relevant=first)
    yield ask("1.practice.figures", "figures", "How many cases were there", asks="figures",
              rows=("investigations", "prosecutions", "convictions"))  # fmt: skip
    yield ask("1.practice.cases", "cases", "Which cases show how it is used", asks="practice",
              relevant=f"${{{at}.1.practice}} = 'yes'")  # fmt: skip
    yield ask("1.practice.share", "number", "What share of the cases ended in a conviction", asks="practice",
              constraint=". >= 0 and . <= 100")  # fmt: skip
    yield ask("1.notification", "date", "When was the Secretary-General told", asks="notification")
    yield ask("1.difficulties", "text", "What made it difficult to put this into effect", asks="difficulties")
    yield ask("1.assistance", "assistance", "Which assistance would help", asks="assistance",
              types=("training", "legal-advice", "technology"))  # fmt: skip


def generated_spec(code: str, size: int, languages: tuple[str, ...] = ("en",)) -> VersionSpec:
    """A questionnaire with ``size`` questions; its texts in other languages are copies of the English ones."""
    sections = []
    left = size
    for article in range(1, -(-size // PER_SECTION) + 1):
        asked = list(questions_of(code, article))[: min(left, PER_SECTION)]
        left -= len(asked)
        heading = Heading(title=f"Article {article}", introduction=GUIDANCE)
        sections.append(
            SectionSpec(
                code=f"art-{article}",
                order=article,
                article=f"{code}.{article}",
                texts=MappingProxyType(dict.fromkeys(languages, heading)),
                questions=tuple(
                    replace(item, order=order, texts=MappingProxyType(dict.fromkeys(languages, item.texts["en"])))
                    for order, item in enumerate(asked, 1)
                ),
            )
        )
    title = Heading(title=f"A generated questionnaire of {size} questions", short=f"Generated {size}")
    return build_version(
        questionnaire=code,
        treaty=code,
        sections=sections,
        rules=[
            Rule(f"{section.article}.1", met_when=parse(f"${{{section.article}.1.implementation}} = 'yes'"))
            for section in sections
        ],
        texts=MappingProxyType(dict.fromkeys(languages, title)),
    )


ALL_LANGUAGES = tuple(LANGUAGES)
