"""Believable answers for the demonstration and for trials of load: generated, and statements of no government.

The same seed gives the same answers. Everything goes through the validation of ``save_answer`` like any other answer.
"""

import datetime
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from palermo.questionnaires.logic.conditions import Value, evaluate
from palermo.questionnaires.logic.fulfilment import fits
from palermo.questionnaires.logic.spec import Kind, QuestionSpec, VersionSpec
from palermo.responses.logic.content import NONE_OF_THESE, Content, Given, Row, figure_identity

LAWS = {
    "en": (
        "Penal Code",
        "Code of Criminal Procedure",
        "Proceeds of Crime Act",
        "Mutual Assistance Act",
        "Extradition Act",
    ),
    "fr": ("Code pénal", "Code de procédure pénale", "Loi sur les produits du crime", "Loi sur l’entraide judiciaire"),
    "es": ("Código Penal", "Código Procesal Penal", "Ley de Decomiso", "Ley de Cooperación Penal Internacional"),
    "ar": ("قانون العقوبات", "قانون الإجراءات الجنائية", "قانون مكافحة غسل الأموال", "قانون التعاون القضائي الدولي"),
    "ru": ("Уголовный кодекс", "Уголовно-процессуальный кодекс", "Закон о противодействии отмыванию доходов"),
    "zh": ("刑法", "刑事诉讼法", "反洗钱法", "国际刑事司法协助法"),
}
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "yes": (
            "The {law}, art. {n}, covers this in full.",
            "Covered since {year} by art. {n} of the {law}; the courts apply it without difficulty.",
            "Art. {n} of the {law} applies to every serious crime.",
        ),
        "in_part": (
            "Art. {n} of the {law} covers the main case; attempts and preparatory acts are left out.",
            "A bill before parliament since {year} will close what art. {n} of the {law} leaves open.",
        ),
        "no": ("Not yet provided for. A draft was prepared in {year}.", "There is no such provision at present."),
        "text": (
            "The Ministry of Justice coordinated the answers; police and prosecution service contributed figures.",
            "A working group of five ministries met twice and agreed on the text in {year}.",
        ),
        "reason": (
            "Prosecutors have had no training since the law was changed in {year}.",
            "There is no register from which these figures could be drawn.",
        ),
        "cannot": ("The body that keeps this information has not yet answered.",),
    },
    "fr": {
        "yes": (
            "L’article {n} de la loi « {law} » le prévoit entièrement.",
            "Prévu depuis {year} par l’article {n} ({law}).",
        ),
        "in_part": ("L’article {n} ({law}) couvre le cas principal ; la tentative n’est pas visée.",),
        "no": ("Pas encore prévu. Un avant-projet a été rédigé en {year}.",),
        "text": ("Le Ministère de la justice a coordonné les réponses ; la police a fourni les chiffres.",),
        "reason": ("Les procureurs n’ont pas été formés depuis la réforme de {year}.",),
        "cannot": ("L’organe qui détient ces renseignements n’a pas encore répondu.",),
    },
    "es": {
        "yes": ("El artículo {n} ({law}) lo prevé por completo.", "Previsto desde {year} en el artículo {n} ({law})."),
        "in_part": ("El artículo {n} ({law}) abarca el caso principal; la tentativa no está incluida.",),
        "no": ("Aún no está previsto. En {year} se redactó un anteproyecto.",),
        "text": ("El Ministerio de Justicia coordinó las respuestas; la policía aportó las cifras.",),
        "reason": ("Los fiscales no han recibido capacitación desde la reforma de {year}.",),
        "cannot": ("El organismo que lleva esta información aún no ha contestado.",),
    },
    "ar": {
        "yes": ("تنص المادة {n} من {law} على ذلك بالكامل.", "منصوص عليه منذ عام {year} في المادة {n} من {law}."),
        "in_part": ("تغطي المادة {n} من {law} الحالة الرئيسية، ولا تشمل الشروع.",),
        "no": ("لم ينص عليه بعد. أُعد مشروع قانون في عام {year}.",),
        "text": ("نسقت وزارة العدل الإجابات، وقدمت الشرطة الأرقام.",),
        "reason": ("لم يتلق أعضاء النيابة تدريبا منذ تعديل القانون في عام {year}.",),
        "cannot": ("لم ترد بعد الجهة التي تحتفظ بهذه المعلومات.",),
    },
    "ru": {
        "yes": ("Статья {n} ({law}) полностью это предусматривает.",),
        "in_part": ("Статья {n} ({law}) охватывает основной случай; покушение не предусмотрено.",),
        "no": ("Пока не предусмотрено. Проект закона подготовлен в {year} году.",),
        "text": ("Ответы согласовало Министерство юстиции; данные представила полиция.",),
        "reason": ("После изменения закона в {year} году прокуроры не проходили подготовку.",),
        "cannot": ("Орган, располагающий этими сведениями, ещё не ответил.",),
    },
    "zh": {
        "yes": ("《{law}》第{n}条已作全面规定。",),
        "in_part": ("《{law}》第{n}条涵盖主要情形，未规定未遂。",),
        "no": ("尚无规定。{year}年起草了法案。",),
        "text": ("司法部协调了答复，警方提供了数据。",),
        "reason": ("自{year}年修法以来，检察官未接受培训。",),
        "cannot": ("掌握该信息的机构尚未答复。",),
    },
}
INSTITUTIONS = {
    "en": ("Prosecution service", "Ministry of Justice", "Financial intelligence unit", "Police academy"),
    "fr": ("Parquet général", "Ministère de la justice", "Cellule de renseignement financier"),
    "es": ("Ministerio Público", "Ministerio de Justicia", "Unidad de inteligencia financiera"),
    "ar": ("النيابة العامة", "وزارة العدل", "وحدة المعلومات المالية"),
    "ru": ("Прокуратура", "Министерство юстиции"),
    "zh": ("检察机关", "司法部"),
}


@dataclass(frozen=True)
class Manner:
    """How a State of the demonstration answers: its language, how much is fulfilled, how much is answered at all."""

    language: str = "en"
    fulfilled: float = 0.6
    answered: float = 1.0
    # Sections that are answered in full, whatever ``answered`` says.
    finished: frozenset[str] = frozenset()


def generate_answers(
    spec: VersionSpec, *, key: str, years: Sequence[int], manner: Manner, seed: int, today: datetime.date
) -> list[Given]:
    """Answers to the questions that apply, in an order in which that can be decided; constraints are kept."""
    chance = random.Random(f"{seed}:{key}")  # noqa: S311 - believable, not secret
    values: dict[str, Value] = {}
    given: dict[str, Given] = {}
    for code in spec.order_of_dependence:
        question = spec.questions[code]
        if question.kind is Kind.NOTE or (question.relevant and not evaluate(question.relevant, values, today=today)):
            continue
        if chance.random() > manner.answered and question.section not in manner.finished:
            continue
        answer = _answer(question, chance, manner, key, years, values, today)
        given[code] = answer
        if question.kind is Kind.CHOICES:
            values[code] = tuple(answer.values)
        elif answer.values:
            values[code] = answer.values[0]
    return [given[code] for code in spec.questions if code in given]


def _answer(
    question: QuestionSpec,
    chance: random.Random,
    manner: Manner,
    key: str,
    years: Sequence[int],
    values: Mapping[str, Value],
    today: datetime.date,
) -> Given:
    language = manner.language
    if chance.random() < 0.03 and question.kind is not Kind.ASSISTANCE:
        reason = _words("cannot", language, chance, years)
        return Given(code=question.code, content=Content(cannot_answer=True, reason=reason))
    for _attempt in range(30):
        chosen = _values(question, chance, manner, today)
        value: Value = tuple(chosen) if question.kind is Kind.CHOICES else (chosen[0] if chosen else None)
        if fits(question, value, {**values, question.code: value}, today=today):
            break
    else:
        chosen = []
    rows = _rows(question, chance, language, key, years, chosen, today)
    if question.kind in {Kind.FIGURES, Kind.LEGISLATION, Kind.CASES, Kind.AUTHORITY} and not rows:
        chosen = [NONE_OF_THESE]
    text = ""
    if question.kind is Kind.TEXT:
        text = _words("text", language, chance, years)
    elif question.kind is Kind.IMPLEMENTATION and chosen and (chosen[0] != "yes" or chance.random() < 0.5):
        text = _words(chosen[0], language, chance, years)
    return Given(
        code=question.code, values=chosen, content=Content(text=text, language=language if text else "", rows=rows)
    )


def _values(question: QuestionSpec, chance: random.Random, manner: Manner, today: datetime.date) -> list[str]:
    match question.kind:
        case Kind.IMPLEMENTATION:
            draw = chance.random()
            if draw < manner.fulfilled:
                return ["yes"]
            return ["in_part"] if draw < manner.fulfilled + (1 - manner.fulfilled) * 0.6 else ["no"]
        case Kind.YES_NO:
            return ["yes" if chance.random() < max(manner.fulfilled, 0.5) else "no"]
        case Kind.ASSISTANCE:
            return ["yes" if chance.random() < (1 - manner.fulfilled) * 0.5 else "no"]
        case Kind.CHOICE:
            # What fulfils a provision tends to be named first.
            best = chance.random() < manner.fulfilled
            return [question.choices[0] if best else chance.choice(question.choices)]
        case Kind.CHOICES:
            wanted = [code for code in question.choices if not code.startswith("no") and code != "other"]
            count = min(len(wanted), max(1, round(len(wanted) * chance.uniform(0.3, 0.4 + manner.fulfilled * 0.6))))
            if question.asks.value == "difficulties":
                count = min(3, count)
            return sorted(chance.sample(wanted, count), key=question.choices.index) if wanted else [question.choices[0]]
        case Kind.NUMBER:
            return [str(chance.randint(1, 40))]
        case Kind.DATE:
            return [(today - datetime.timedelta(days=chance.randint(200, 6000))).isoformat()]
        case _:
            return []


def _rows(
    question: QuestionSpec,
    chance: random.Random,
    language: str,
    key: str,
    years: Sequence[int],
    chosen: Sequence[str],
    today: datetime.date,
) -> tuple[Row, ...]:
    def row(**fields: str) -> Row:
        return Row(uuid=str(uuid.UUID(int=chance.getrandbits(128), version=4)), fields=fields)

    match question.kind:
        case Kind.LEGISLATION:
            laws = chance.sample(LAWS[language], chance.randint(1, 2))
            return tuple(
                row(
                    title=law,
                    number=f"{chance.randint(5, 90)}/{(year := chance.randint(1998, years[-1]))}",
                    date=datetime.date(year, chance.randint(1, 12), chance.randint(1, 28)).isoformat(),
                    articles=f"{(n := chance.randint(20, 400))}-{n + chance.randint(1, 4)}",
                    status="in_force",
                    link=f"https://laws.example/{key}/{chance.randint(100, 999)}",
                )
                for law in laws
            )
        case Kind.FIGURES:
            level = {item.code: chance.randint(2, 60) for item in question.rows}
            cells = []
            for item in question.rows:
                for year in years:
                    if chance.random() < 0.15:
                        fields = {"row": item.code, "year": str(year), "not_collected": "yes"}
                    else:
                        scale = 10_000 if item.unit.value == "money" else 1
                        count = max(0, round(level[item.code] * chance.uniform(0.6, 1.5))) * scale
                        fields = {"row": item.code, "year": str(year), "number": str(count)}
                    cells.append(
                        Row(uuid=figure_identity(f"{key}:{question.code}", item.code, str(year)), fields=fields)
                    )
            return tuple(cells)
        case Kind.CASES:
            if chance.random() < 0.4:
                return ()
            when = str(chance.choice(list(years)))
            return (
                row(
                    title=f"{chance.choice(LAWS[language])}, {when}",
                    year=when,
                    summary=_words("yes", language, chance, years),
                    convention_used=chance.choice(["yes", "no"]),
                ),
            )
        case Kind.AUTHORITY:
            return (
                row(
                    body=INSTITUTIONS[language][1 % len(INSTITUTIONS[language])],
                    email=f"authority@{key.split('/')[-1]}.example",
                    telephone="+000 000 0000",
                    languages="English, French",
                ),
            )
        case Kind.ASSISTANCE if chosen and chosen[0] == "yes":
            return tuple(
                row(
                    type=kind,
                    urgency=chance.choice(["critical", "high", "high", "medium", "medium", "low"]),
                    reason=_words("reason", language, chance, years),
                    by_date=datetime.date(today.year + chance.randint(1, 2), chance.choice([6, 12]), 30).isoformat(),
                    institution=chance.choice(INSTITUTIONS[language]),
                )
                for kind in chance.sample(question.types, min(len(question.types), chance.randint(1, 2)))
            )
        case _:
            return ()


def _words(kind: str, language: str, chance: random.Random, years: Sequence[int]) -> str:
    sentence = chance.choice(WORDS[language][kind])
    return sentence.format(
        law=chance.choice(LAWS[language]), n=chance.randint(12, 420), year=chance.randint(years[0] - 8, years[-1])
    )
