"""Files in: a treaty's folder (``docs/formats/treaty.md``) and tables of status (``docs/formats/status.md``)."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from palermo.base.yaml_source import BadContent, Problem, Problems, Reader, content, decoded, read, shown
from palermo.parties.models import Party, User
from palermo.parties.queries import Index
from palermo.treaties.actions import Loaded, NewAct, Recorded, record_status, store_topics, store_treaty
from palermo.treaties.logic.content import TreatySpec, read_topics, read_treaty
from palermo.treaties.logic.kinds import CLASS_OF, ActKind
from palermo.treaties.logic.status import Act, doubts_of, problems_of
from palermo.treaties.models import Instrument, StatusAct, Topic
from palermo.treaties.queries import GENERATED

LARGEST = 4 * 1024 * 1024


# Treaties


def load_treaty(folder: Path, *, by: User | None) -> Loaded:
    """Loads one treaty's folder; raises ``BadContent``, or ``Refusal`` where the database says no."""
    return store_treaty(by=by, spec=read_treaty(folder, set(Topic.objects.values_list("code", flat=True))))


def load_treaties(content_folder: Path, *, by: User | None) -> Loaded:
    """Loads the topics and every treaty below ``treaties/``, conventions before their protocols."""
    topics = read_topics(content_folder / "topics.yaml")
    codes = {topic.code for topic in topics}
    specs: list[TreatySpec] = []
    problems: list[Problem] = []
    for folder in sorted(path for path in (content_folder / "treaties").iterdir() if path.is_dir()):
        try:
            specs.append(read_treaty(folder, codes))
        except BadContent as bad:
            problems.extend(bad.problems)
    known = {spec.code for spec in specs}
    problems.extend(
        Problem(f"{spec.code}/treaty.yaml", 1, f"The convention '{spec.parent}' is not here.", "Add its folder.")
        for spec in specs
        if spec.parent and spec.parent not in known
    )
    if problems:
        raise BadContent(problems)
    loaded = store_topics(by=by, topics=topics)
    for spec in sorted(specs, key=lambda spec: (bool(spec.parent), spec.order)):
        loaded += store_treaty(by=by, spec=spec)
    return loaded


# Status


@dataclass(frozen=True)
class Columns:
    """The columns of one instrument in a wide table: one line for each party."""

    instrument: str
    consent: str
    signature: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Mapped:
    """How the columns of a table are read. Either ``instruments`` (wide) or the four columns of acts (long)."""

    party: str = "party"
    name: str = ""
    instruments: tuple[Columns, ...] = ()
    instrument: str = "instrument"
    act: str = "act"
    on: str = "on"
    effective_on: str = "effective_on"
    note: str = "note"
    # What stands in the column of the kind of act, and what it means; the empty text is a ratification.
    kinds: Mapping[str, ActKind] = field(
        default_factory=lambda: {
            "": ActKind.RATIFICATION,
            "a": ActKind.ACCESSION,
            "A": ActKind.ACCEPTANCE,
            "AA": ActKind.APPROVAL,
            "c": ActKind.FORMAL_CONFIRMATION,
            "d": ActKind.SUCCESSION,
            **{kind.value: kind for kind in ActKind},
        }
    )


LONG = Mapped()


def mapping_for(header: Iterable[str]) -> Mapped:
    """The mapping that a header suggests: our own long form, or wide columns such as ``UNTOC_signed``."""
    columns = list(header)
    if {LONG.party, LONG.instrument, LONG.act, LONG.on} <= set(columns):
        return LONG
    found = []
    for column in columns:
        match = re.fullmatch(r"(\w+)_party", column)
        if match:
            prefix = match[1]
            found.append(
                Columns(
                    instrument=prefix.lower(),
                    consent=column,
                    signature=f"{prefix}_signed" if f"{prefix}_signed" in columns else "",
                    kind=f"{prefix}_action" if f"{prefix}_action" in columns else "",
                )
            )
    party = next((column for column in ("party", "iso3", "code", "name") if column in columns), "party")
    return Mapped(party=party, name="name" if "name" in columns else "", instruments=tuple(found))


def read_mapping(path: Path) -> Mapped:
    """A mapping from a file; see ``docs/formats/status.md``."""
    problems = Problems()
    item = Reader(read(path), shown(path), problems)
    item.only("party", "name", "instruments", "instrument", "act", "on", "effective_on", "note", "kinds")
    instruments = []
    for code, columns in item.mapping("instruments", required=False).mappings():
        columns.only("signature", "consent", "kind")
        instruments.append(
            Columns(
                instrument=code,
                consent=columns.text("consent"),
                signature=columns.text("signature", required=False),
                kind=columns.text("kind", required=False),
            )
        )
    kinds = dict(LONG.kinds)
    words = item.mapping("kinds", required=False)
    for word in words.data:
        kind = words.one_of(word, [kind.value for kind in ActKind])
        if kind:
            kinds[word] = ActKind(kind)
    mapped = Mapped(
        party=item.text("party"),
        name=item.text("name", required=False),
        instruments=tuple(instruments),
        instrument=item.text("instrument", required=False) or LONG.instrument,
        act=item.text("act", required=False) or LONG.act,
        on=item.text("on", required=False) or LONG.on,
        effective_on=item.text("effective_on", required=False) or LONG.effective_on,
        note=item.text("note", required=False) or LONG.note,
        kinds=kinds,
    )
    problems.raise_any()
    return mapped


@dataclass(frozen=True)
class StatusReport:
    """What an import found and did."""

    recorded: Recorded
    problems: tuple[Problem, ...]
    doubts: tuple[Problem, ...]
    rows: int
    applied: bool


def import_status(
    data: bytes | Path,
    *,
    by: User | None,
    source: str,
    file: str = "",
    mapped: Mapped | None = None,
    good_rows: bool = False,
    replace_generated: bool = False,
) -> StatusReport:
    """Imports a table of status. Nothing is applied if any row is bad, unless ``good_rows`` asks for the others.

    Rows that can be recorded but look odd are listed as ``doubts``. Raises ``BadContent`` if the file is no such table.
    """
    name = file or (shown(data) if isinstance(data, Path) else "status.csv")
    if source.strip().lower() == GENERATED or not source.strip():
        raise BadContent(
            [Problem(name, 1, f"'{source}' does not name a source.", "Say where the table comes from, and its date.")]
        )
    table = _Table(content(data) if isinstance(data, Path) else data, name, mapped)
    acts = table.acts()
    applied = not table.problems.found or good_rows
    recorded = Recorded(0, 0, 0)
    if applied:
        recorded = record_status(by=by, acts=acts, source=source.strip(), replace_generated=replace_generated)
    return StatusReport(recorded, tuple(sorted(table.problems.found)), tuple(table.doubts), table.rows, applied)


class _Table:
    """A table of status while it is read."""

    def __init__(self, data: bytes, file: str, mapped: Mapped | None) -> None:
        self.file, self.problems, self.rows = file, Problems(), 0
        self.doubts: list[Problem] = []
        if len(data) > LARGEST:
            raise BadContent([Problem(file, 1, "The file is larger than 4 MB.", "Split it.")])
        text = decoded(data, file, "Save the table as CSV, UTF-8.")
        if "\0" in text:
            line = text[: text.index("\0")].count("\n") + 1
            raise BadContent([Problem(file, line, "This is not a text file.", "Save the table as CSV, UTF-8.")])
        first = text.partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        self.reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        self.header = [cell.strip() for cell in next(self._lines(), (0, []))[1]]
        self.mapped = mapped or mapping_for(self.header)
        self._check_header()
        self.index = Index()
        self.instruments = {instrument.code: instrument for instrument in Instrument.objects.select_related("parent")}

    def _lines(self) -> Iterator[tuple[int, list[str]]]:
        while True:
            line = self.reader.line_num + 1
            try:
                row = next(self.reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise BadContent(
                    [Problem(self.file, line, f"This line is not CSV: {error}.", "Check the quotation marks.")]
                ) from error
            if any(cell.strip() for cell in row):
                yield line, row

    def _check_header(self) -> None:
        mapped = self.mapped
        twice = {column for column in self.header if column and self.header.count(column) > 1}
        wanted = [mapped.party, mapped.name]
        if mapped.instruments:
            for columns in mapped.instruments:
                wanted += [columns.consent, columns.signature, columns.kind]
        else:
            wanted += [mapped.instrument, mapped.act, mapped.on]
        missing = [column for column in wanted if column and column not in self.header]
        problems = [
            Problem(self.file, 1, f"The column '{column}' is here twice.", "Rename one of them.") for column in twice
        ]
        if missing:
            problems.append(
                Problem(
                    self.file,
                    1,
                    f"Columns are missing: {', '.join(missing)}. There are: {', '.join(self.header) or 'none'}.",
                    "Name the columns in the first line, or give a mapping; see docs/formats/status.md.",
                )
            )
        if problems:
            raise BadContent(problems)

    def acts(self) -> list[NewAct]:
        """The acts of all good rows."""
        found: dict[tuple[int, int], list[tuple[int, NewAct]]] = {}
        seen: dict[tuple[str, ...], int] = {}
        for line, row in self._lines():
            self.rows += 1
            if len(row) > len(self.header):
                self._bad(line, f"The line has {len(row)} cells, the first line {len(self.header)}.", "Quote commas.")
                continue
            cells = dict(zip(self.header, [cell.strip() for cell in row] + [""] * len(self.header), strict=False))
            party = self.index.find(cells[self.mapped.party])
            if party is None:
                said = cells[self.mapped.party] or cells.get(self.mapped.name, "")
                self._bad(line, f"No party is known as '{said}'.", "Use the ISO 3166 code of three letters.")
                continue
            called = cells.get(self.mapped.name, "")
            if called and (other := self.index.find(called)) is not None and other.pk != party.pk:
                said = f"The code '{cells[self.mapped.party]}' and the name '{called}' are two parties."
                self._bad(line, said, "Correct one of the two.")
                continue
            for act in self._acts_of(line, cells, party):
                key = (act.instrument.code, party.code, CLASS_OF[act.kind].value)
                if key in seen:
                    said = f"The {key[2]} of {party.code} to {key[0]} stands on line {seen[key]} already."
                    self._bad(line, said, "Keep one of the two.")
                    continue
                seen[key] = line
                found.setdefault((act.instrument.pk, party.pk), []).append((line, act))
        return self._plausible(found)

    def _bad(self, line: int, reason: str, remedy: str) -> None:
        self.problems.add(self.file, line, reason, remedy)

    def _acts_of(self, line: int, cells: Mapping[str, str], party: Party) -> Iterator[NewAct]:
        if not self.mapped.instruments:
            act = self._long(line, cells, party)
            if act:
                yield act
            return
        for columns in self.mapped.instruments:
            instrument = self._instrument(line, columns.instrument)
            if instrument is None:
                continue
            signed = self._day(line, columns.signature, cells.get(columns.signature, ""), instrument)
            if signed:
                yield NewAct(instrument, party, ActKind.SIGNATURE, signed)
            word = cells.get(columns.kind, "")
            given = cells[columns.consent]
            if word and not given:
                self._bad(line, f"'{columns.kind}' is '{word}', but '{columns.consent}' is empty.", "Add the date.")
            kind = self.mapped.kinds.get(word)
            if kind is None or CLASS_OF[kind].value != "consent":
                self._bad(line, f"'{columns.kind}' is '{word}', which names no act of consent.", self._kinds())
                continue
            day = self._day(line, columns.consent, given, instrument)
            if day:
                yield NewAct(instrument, party, kind, day)

    def _long(self, line: int, cells: Mapping[str, str], party: Party) -> NewAct | None:
        mapped = self.mapped
        instrument = self._instrument(line, cells[mapped.instrument].lower())
        word = cells[mapped.act]
        kind = mapped.kinds.get(word) or mapped.kinds.get(word.lower().replace(" ", "_")) if word else None
        if kind is None:
            self._bad(line, f"'{mapped.act}' is '{word}', which names no act.", self._kinds())
        if not cells[mapped.on]:
            self._bad(line, f"'{mapped.on}' is empty.", "Write the date, such as 2003-09-29.")
        if instrument is None or kind is None:
            return None
        day = self._day(line, mapped.on, cells[mapped.on], instrument)
        effective = self._day(line, mapped.effective_on, cells.get(mapped.effective_on, ""), None)
        note = cells.get(mapped.note, "")
        if len(note) > 300:
            self._bad(line, f"'{mapped.note}' has {len(note)} characters; 300 are allowed.", "Shorten it.")
            return None
        return NewAct(instrument, party, kind, day, effective, note) if day else None

    def _kinds(self) -> str:
        return f"Known are: {', '.join(word for word in self.mapped.kinds if word)}."

    def _instrument(self, line: int, code: str) -> Instrument | None:
        instrument = self.instruments.get(code)
        if instrument is None:
            known = ", ".join(sorted(self.instruments)) or "none"
            self._bad(line, f"The treaty '{code}' is not known.", f"Known are: {known}. Load it first.")
        return instrument

    def _day(self, line: int, column: str, text: str, instrument: Instrument | None) -> date | None:
        if not text:
            return None
        try:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                raise ValueError
            day = date.fromisoformat(text)
        except ValueError:
            self._bad(line, f"'{column}' is '{text}', which is no date.", "Write year-month-day, such as 2003-09-29.")
            return None
        if instrument is not None and day < instrument.adopted_on:
            said = f"'{column}' is {day}, before {instrument.code} was adopted on {instrument.adopted_on}."
            self._bad(line, said, "Correct the date.")
            return None
        if day > date.today():
            self._bad(line, f"'{column}' is {day}, which is in the future.", "Correct the date.")
            return None
        return day

    def _plausible(self, found: Mapping[tuple[int, int], list[tuple[int, NewAct]]]) -> list[NewAct]:
        """Leaves out acts that cannot be true together with what the file, or else the database, says."""
        known: dict[tuple[int, int], dict[str, Act]] = {}
        for row in StatusAct.objects.filter(withdrawn_at=None).exclude(source=GENERATED):
            known.setdefault((row.instrument_id, row.party_id), {})[row.act_class] = Act(
                ActKind(row.kind), row.on, row.effective_on
            )
        good: list[tuple[int, NewAct]] = []
        for key, lines in found.items():
            acts = dict(known.get(key, {}))
            acts.update({CLASS_OF[act.kind].value: Act(act.kind, act.on, act.effective_on) for _line, act in lines})
            line, first = lines[-1]
            where = f"{first.party.code}, {first.instrument.code}: "
            problems = problems_of(acts.values())
            for reason, remedy in problems:
                self._bad(line, f"{where}{reason}.", remedy)
            if not problems:
                good.extend(lines)
                self.doubts.extend(
                    Problem(self.file, line, f"{where}{doubt}.", "Compare it with the source.")
                    for doubt in doubts_of(acts.values())
                )
        bad = {problem.line for problem in self.problems.found}
        return [act for line, act in good if line not in bad]
