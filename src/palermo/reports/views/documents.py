"""Pages on which the Secretariat makes conference documents, and takes those that are made."""

import json
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palermo.base.downloads import download
from palermo.base.errors import Refusal
from palermo.base.multilingual import ENDONYMS
from palermo.base.yaml_source import BadContent
from palermo.parties.access import requires
from palermo.parties.logic.kinds import TREATY_PARTIES
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.parties.queries import parties, parties_sorted
from palermo.reports import exchange
from palermo.reports.actions.documents import freeze, make_document, note_making
from palermo.reports.documents.kinds import Kind
from palermo.reports.forms.asat import AsAtForm
from palermo.reports.forms.documents import DocumentForm, MastheadForm
from palermo.reports.logic.document import PARTS
from palermo.reports.logic.frozen import at_path
from palermo.reports.logic.readers import is_for_everybody
from palermo.reports.models import FORMS, Document, Making
from palermo.reports.queries import documents as queries
from palermo.reports.queries.rates import asked_at
from palermo.responses.logic.scopes import cycles_scope

READ = ["GET", "HEAD"]
ON_A_PAGE = 50
INVALID = 422
STATES = {
    Making.State.WAITING: (gettext_lazy("being made"), "plain"),
    Making.State.DONE: (gettext_lazy("ready"), "done"),
    Making.State.FAILED: (gettext_lazy("could not be made"), "gap"),
}
# After so many seconds nobody waits for the worker any more: the file is made when it is taken.
PATIENCE = 120


def _language() -> str:
    return get_language() or "en"


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _kind(code: str) -> Kind:
    kind = queries.kind_at(code)
    if kind is None:
        raise Http404
    return kind


def _document(key: int) -> Document:
    document = queries.document_at(key)
    if document is None:
        raise Http404
    return document


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Make documents"), reverse("reports:documents") if more else ""), *more]


@requires(Permission.MAKE_DOCUMENTS, scope=cycles_scope)
@require_http_methods(READ)
def documents(request: HttpRequest) -> HttpResponse:
    """Every document that was made, the newest first, and the kinds that can be made."""
    found = queries.kinds()
    page = Paginator(queries.documents(), ON_A_PAGE).get_page(request.GET.get("page"))
    language = _language()
    context = {
        "page": page,
        "lines": [{"document": document, "language": ENDONYMS[document.language]} for document in page],
        "kinds": [
            {
                "url": reverse("reports:new_document", kwargs={"kind": kind.code}),
                "title": kind.name(language),
                "summary": kind.summary(language),
                "languages": [ENDONYMS[code] for code in kind.languages],
            }
            for kind in found.found.values()
        ],
        "problems": [str(problem) for problem in found.problems],
        "crumbs": _crumbs(),
    }
    return render(request, "reports/documents.html", context)


@requires(Permission.MAKE_DOCUMENTS, scope=cycles_scope)
@require_http_methods([*READ, "POST"])
def new_document(request: HttpRequest, kind: str) -> HttpResponse:
    """The choices before a document is made; a preview of it; the making."""
    chosen, language = _kind(kind), _language()
    states: list[tuple[str, str]] = []
    if "party" in chosen.parameters:
        named = parties_sorted(language, parties(*TREATY_PARTIES))
        states = [(party.code.lower(), name.short) for party, name in named]
    form = DocumentForm(
        request.POST or None,
        kind=chosen,
        asked_for=queries.asked_for(),
        states=states,
        today=timezone.localdate(),
        language=language,
        initial={"about": request.GET.get("about", "")} if request.GET.get("about") else None,
    )
    shown, problem, status = "", "", INVALID if request.method == "POST" else 200
    if form.is_valid() and form.asked is not None and form.dates is not None:
        try:
            made = _make(request, chosen, form)
        except Refusal as refusal:
            problem, status = refusal.message, 503 if refusal.code in {"busy", "late", "failed"} else 400
        except BadContent as bad:
            problem, status = " ".join(str(item) for item in bad.problems), 400
        else:
            if isinstance(made, Document):
                messages.success(request, _("The document is made. Its files follow within seconds."))
                return redirect("reports:document", document=made.pk)
            # The figures that are kept after a preview are those that it showed.
            shown, status = made, 200
            form.pin()
    context = {
        "form": form,
        "kind": chosen,
        "title": chosen.name(language),
        "summary": chosen.summary(language),
        # Everything that was typed stands escaped in it, and nothing but known elements (render.safe_html).
        "shown": mark_safe(shown),  # noqa: S308
        "shown_language": form.cleaned_data["language"] if shown else "",
        "problem": problem,
        "crumbs": _crumbs((chosen.name(language), "")),
    }
    return render(request, "reports/document_new.html", context, status=status)


def _make(request: HttpRequest, kind: Kind, form: DocumentForm) -> Document | str:
    """The document, or its preview. Figures are computed once; a broken source is refused before anything is kept."""
    asked, dates = form.asked, form.dates
    assert asked is not None
    assert dates is not None
    data = queries.frozen(
        kind,
        asked,
        as_at=dates.day,
        known_at=dates.moment,
        party=form.cleaned_data.get("party", ""),
        for_everybody=form.for_everybody,
    )
    language = form.cleaned_data["language"]
    masthead = form.masthead(asked.questionnaire.instrument.code)
    if request.POST.get("do") != "make":
        return exchange.preview(data, language, masthead)
    exchange.check_source(data, language, masthead)
    person = _person(request)
    snapshot = freeze(by=person, data=data)
    return make_document(by=person, snapshot=snapshot, language=language, masthead=masthead, data=data)


@requires(Permission.MAKE_DOCUMENTS, scope=cycles_scope)
@require_http_methods([*READ, "POST"])
def document(request: HttpRequest, document: int) -> HttpResponse:
    """A document: its files and how far they are, its text, and the same figures in another language."""
    made = _document(document)
    data = json.loads(made.snapshot.data)
    languages = _languages(data)
    kind = queries.kind_at(made.snapshot.kind)
    form = _again(request, made, languages, kind)
    problem = ""
    if request.method == "POST" and form is not None and form.is_valid():
        language, masthead = form.cleaned_data["language"], form.masthead(data["about"]["treaty"]["code"])
        try:
            exchange.check_source(data, language, masthead)
        except Refusal as refusal:
            problem = refusal.message
        else:
            other = make_document(
                by=_person(request), snapshot=made.snapshot, language=language, masthead=masthead, data=data
            )
            messages.success(request, _("The document is made from the same figures. Its files follow within seconds."))
            return redirect("reports:document", document=other.pk)
    makings = {form: making for form, making in queries.makings(made).items() if form in FORMS}
    waiting = [item for item in makings.values() if item.state == Making.State.WAITING]
    patient = (timezone.now() - made.made_at).total_seconds() < PATIENCE
    address = {"document": made.pk}
    context = {
        "document": made,
        "language": ENDONYMS[made.language],
        "files": [
            {
                "form": name.upper(),
                "url": reverse("reports:document_file", kwargs={**address, "form": name}),
                **_standing(makings.get(name), patient),
                "problem": makings[name].problem if name in makings else "",
            }
            for name in FORMS
        ],
        "data_url": reverse("reports:document_file", kwargs={**address, "form": "json"}),
        "preview_url": reverse("reports:document_text", kwargs=address),
        "is_making": bool(waiting) and patient,
        "done": len(makings) - len(waiting),
        "failed": any(item.state == Making.State.FAILED for item in makings.values()),
        "total": len(makings),
        "siblings": [(ENDONYMS[other.language], other) for other in queries.siblings(made) if other.pk != made.pk],
        "about": data["about"],
        "for_everybody": is_for_everybody(data),
        "has_readers": kind is not None and kind.has_readers,
        "form": form,
        "problem": problem,
        "crumbs": _crumbs((made.symbol or made.title, "")),
    }
    status = INVALID if form is not None and form.is_bound and not form.is_valid() else 400 if problem else 200
    return render(request, "reports/document.html", context, status=status)


def _standing(making: Making | None, patient: bool) -> dict[str, Any]:
    """How far a file is, in words; one that nobody works on any more is made when it is taken."""
    if making is None or (making.state == Making.State.WAITING and not patient):
        return {"state": _("made when you take it"), "tag": "plain"}
    words, tag = STATES[Making.State(making.state)]
    return {"state": words, "tag": tag}


def _languages(data: dict[str, Any]) -> tuple[str, ...]:
    """The languages whose sources were frozen with the figures."""
    head = f"{data['kind']}/"
    return tuple(
        name.removeprefix(head).removesuffix(".md") for name in data["sources"] if name.startswith(head)
    )  # fmt: skip


def _again(request: HttpRequest, made: Document, languages: tuple[str, ...], kind: Kind | None) -> MastheadForm | None:
    """The form for the same figures in another language; none if there is no other one."""
    others = tuple(language for language in languages if language != made.language)
    if not others or kind is None:
        return None
    masthead = {name: made.masthead.get(name, "") for name in ("symbol", "distribution", "original")}
    return MastheadForm(
        request.POST or None,
        kind=replace(kind, languages=others),
        today=timezone.localdate(),
        language=_language(),
        initial={**masthead, "dated": made.masthead["dated"]},
    )


@requires(Permission.MAKE_DOCUMENTS, scope=cycles_scope)
@require_http_methods(READ)
def document_text(request: HttpRequest, document: int) -> HttpResponse:
    """The document on a page of its own, in the frame of the site."""
    made = _document(document)
    shown, problem, status = "", "", 200
    if request.method != "HEAD":
        try:
            shown = exchange.conference_file(made, "fragment").content.decode()
        except Refusal as refusal:
            problem, status = refusal.message, 503
    context = {
        "document": made,
        "shown": mark_safe(shown),  # noqa: S308 - nothing but known elements (render.safe_html)
        "problem": problem,
        "crumbs": _crumbs(
            (made.symbol or made.title, reverse("reports:document", kwargs={"document": made.pk})), (_("Text"), "")
        ),
    }
    return render(request, "reports/document_text.html", context, status=status)


@requires(Permission.MAKE_DOCUMENTS, scope=cycles_scope)
@require_http_methods(READ)
def document_file(request: HttpRequest, document: int, form: str) -> HttpResponse:
    """A file of the document; the data are byte for byte the frozen copy, whose SHA-256 stands on the page."""
    made = _document(document)
    if form == "json":
        content, content_type = made.snapshot.data.encode(), exchange.TYPES["json"]
    elif form in FORMS:
        try:
            file = exchange.conference_file(made, form)
        except Refusal as refusal:
            note_making(by=_person(request), document=made, form=form, problem=str(refusal.message))
            messages.error(request, refusal.message)
            return redirect("reports:document", document=made.pk)
        content, content_type = file.content, file.content_type
        if not queries.is_made(made, form):
            note_making(by=_person(request), document=made, form=form)
    else:
        raise Http404
    return download(content, name=f"{made.file_stem}.{form}", content_type=content_type, cache="private, no-store")


@requires(Permission.MAKE_DOCUMENTS, scope=cycles_scope)
@require_http_methods(READ)
def document_figure(request: HttpRequest, cycle: str, questionnaire: str, part: str) -> HttpResponse:
    """The States behind a figure of a document, computed again as at the same day and as known at the same moment."""
    asked = asked_at(cycle, questionnaire)
    if asked is None or part not in PARTS:
        raise Http404
    dates = AsAtForm(request.GET, earliest=asked.questionnaire.instrument.adopted_on)
    given = queries.given(
        asked, _language(), as_at=dates.day, known_at=dates.moment, with_practices=part == queries.PRACTICES
    )
    figure = at_path(PARTS[part](given), request.GET.get("figure", "")) if part != "country" else None
    behind = set(figure["states"]) if figure else set()
    problems = dates.problems
    if figure is None:
        problems = [*problems, _("This document has no such figure. Open the document and follow its figures.")]
    context = {
        "asked": asked,
        "dates": dates,
        "figure": figure,
        "problems": problems,
        "states": [
            {"state": state, "url": given.addresses.submission(state)}
            for state in given.dataset.states
            if state.code in behind
        ],
        "crumbs": _crumbs((_("States behind a figure"), "")),
    }
    return render(request, "reports/document_figure.html", context)
