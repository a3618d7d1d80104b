"""Everything on one page: all questions that apply with their answers, and what stands in the way. Read at once."""

import datetime
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.citation import anchor, cite
from palermo.base.templatetags.base_text import date_words
from palermo.parties.models import User
from palermo.parties.queries import fold
from palermo.questionnaires.logic.fulfilment import relevant_codes
from palermo.questionnaires.logic.spec import Kind, QuestionSpec, VersionSpec
from palermo.responses.logic.completeness import Finding, findings
from palermo.responses.logic.content import Content, condition_values, from_canonical, is_unanswered
from palermo.responses.models import Answer, Assignment, Comment, Conflict, Declaration, Evidence, RequestRank, Response
from palermo.responses.queries.wording import Shown, section_title, shown

FILTERS = ("unanswered", "in_part", "mine", "flagged", "comments", "parked")


@dataclass(frozen=True)
class CheckedQuestion:
    """A question with its answer and what hangs on it."""

    spec: QuestionSpec
    wording: str
    language: str
    content: Content | None
    shown: Shown
    answered: bool
    relevant: bool
    flagged: bool
    conflict: bool
    mine: bool
    citation: str
    stamp: str
    comments: int
    files: tuple[Evidence, ...] = ()

    @property
    def anchor(self) -> str:
        """The identity in the page, as on the article page."""
        return anchor(self.spec.code)

    @property
    def marks(self) -> list[tuple[str, str]]:
        """What a checker must see at once: the words and the kind of their tag."""
        marks = []
        if not self.relevant:
            marks.append((_("no longer applies; not submitted"), "plain"))
        elif not self.answered:
            marks.append((_("unanswered"), "gap") if self.spec.required else (_("unanswered, not required"), "plain"))
        if self.conflict:
            marks.append((_("two texts"), "gap"))
        if self.flagged:
            marks.append((_("marked for a second look"), "part"))
        return marks

    def passes(self, chosen: str) -> bool:
        """Whether the filter lets the question through."""
        tests: Mapping[str, Callable[[], bool]] = {
            "unanswered": lambda: self.relevant and not self.answered,
            "in_part": lambda: self.relevant and self.content is not None and self.content.value == "in_part",
            "mine": lambda: self.relevant and self.mine,
            "flagged": lambda: self.relevant and self.flagged,
            "comments": lambda: self.relevant and self.comments > 0,
            "parked": lambda: not self.relevant and self.answered,
        }
        return tests[chosen]() if chosen in tests else self.relevant

    def speaks_of(self, folded: str) -> bool:
        """Whether the words of a search, folded, are in the question or in its answer."""
        text = fold(f"{self.spec.code} {self.wording} {self.shown.words} {' '.join(file.name for file in self.files)}")
        return all(word in text for word in folded.split())


@dataclass(frozen=True)
class CheckedSection:
    """A section with the questions that are shown of it."""

    code: str
    title: str
    declared_by: str
    declared_at: datetime.datetime | None
    comments: int
    questions: tuple[CheckedQuestion, ...]


@dataclass(frozen=True)
class Checked:
    """A whole response, read once."""

    sections: tuple[CheckedSection, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[str, int] = field(default_factory=dict)
    total: int = 0
    answered: int = 0

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What blocks clearing."""
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What only warns."""
        return tuple(finding for finding in self.findings if not finding.blocks)

    def filtered(self, chosen: str, search: str) -> tuple[CheckedSection, ...]:
        """The sections with only those questions that pass the filter and the search; empty ones fall away."""
        words = fold(search)
        found = []
        for section in self.sections:
            questions = tuple(
                question
                for question in section.questions
                if question.passes(chosen) and (not words or question.speaks_of(words))
            )
            if questions:
                found.append(
                    CheckedSection(
                        section.code,
                        section.title,
                        section.declared_by,
                        section.declared_at,
                        section.comments,
                        questions,
                    )
                )
        return tuple(found)


def checked(
    response: Response, spec: VersionSpec, *, language: str, user: User, sections: Collection[str] | None = None
) -> Checked:
    """The response as its checkers see it; with ``sections`` only those. Seven queries, whatever the size."""
    rows = {
        answer.code: answer
        for answer in Answer.objects.filter(response=response).only(
            "question_id", "content", "flagged", "updated_at", "updated_by_id", "updated_by_name", "response_id"
        )
    }
    contents = {code: from_canonical(answer.content) for code, answer in rows.items() if code in spec.questions}
    declared = {
        item.section: item
        for item in Declaration.objects.filter(response=response, undone_at=None).select_related("declared_by")
    }
    conflicts = set(Conflict.objects.filter(response=response, settled_at=None).values_list("code", flat=True))
    talk = list(Comment.objects.filter(response=response, settled_at=None).values_list("section", "code"))
    ranked = [str(uuid) for uuid in RequestRank.objects.filter(response=response).values_list("request", flat=True)]
    files: dict[str, list[Evidence]] = {}
    for file in Evidence.objects.filter(response=response, removed_at=None).order_by("uploaded_at", "pk"):
        files.setdefault(file.code, []).append(file)
    held = {
        section: set(aspects)
        for section, aspects in Assignment.objects.filter(response=response, user=user, ended_at=None).values_list(
            "section", "aspects"
        )
    }
    today = timezone.localdate()
    relevant = relevant_codes(spec, condition_values(spec.questions, contents), today=today)
    found = findings(
        spec,
        contents,
        today=today,
        declared=declared,
        conflicts=conflicts,
        flagged=[code for code, answer in rows.items() if answer.flagged],
        commented=talk,
        ranked=ranked,
    )
    on_question: dict[str, int] = {}
    on_section: dict[str, int] = {}
    for section_code, code in talk:
        place, key = (on_question, code) if code else (on_section, section_code)
        place[key] = place.get(key, 0) + 1

    days: dict[datetime.date, str] = {}

    def stamp(answer: Answer) -> str:
        day = timezone.localdate(answer.updated_at)
        if day not in days:
            days[day] = date_words(day, "medium", language)
        return f"{answer.updated_by_name}, {days[day]}" if answer.updated_by_name else days[day]

    def one(question: QuestionSpec) -> CheckedQuestion:
        content = contents.get(question.code)
        answer = rows.get(question.code)
        wording, wording_language = question.wording(language)
        aspects = held.get(question.section)
        return CheckedQuestion(
            spec=question,
            wording=wording.text,
            language=wording_language,
            content=content,
            shown=shown(question, content, language, response.cycle.years),
            answered=content is not None and not is_unanswered(content, question.kind.value),
            relevant=question.code in relevant,
            flagged=answer is not None and answer.flagged,
            conflict=question.code in conflicts,
            mine=(aspects is not None and (not aspects or question.asks.value in aspects))
            or (answer is not None and answer.updated_by_id == user.pk),
            citation=cite(question.code, language) if question.provision else "",
            stamp=stamp(answer) if answer else "",
            comments=on_question.get(question.code, 0),
            files=tuple(files.get(question.code, ())),
        )

    shown_sections = tuple(
        CheckedSection(
            code=section.code,
            title=section_title(section, language),
            declared_by=str(declared[section.code].declared_by) if section.code in declared else "",
            declared_at=declared[section.code].declared_at if section.code in declared else None,
            comments=on_section.get(section.code, 0),
            questions=tuple(
                one(question)
                for question in section.questions
                if question.kind is not Kind.NOTE and (question.code in relevant or question.code in contents)
            ),
        )
        for section in spec.sections
        if sections is None or section.code in sections
    )
    questions = [question for section in shown_sections for question in section.questions]
    applying = [question for question in questions if question.relevant]
    return Checked(
        sections=shown_sections,
        findings=tuple(finding for finding in found if sections is None or finding.section in sections),
        counts={chosen: sum(question.passes(chosen) for question in questions) for chosen in FILTERS},
        total=len(applying),
        answered=sum(question.answered for question in applying),
    )
