"""Saving answers: one, as the script sends it; a page, for browsers without scripts; the mark for a second look."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from palermo.base.errors import Refusal
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.logic.spec import SectionSpec
from palermo.responses.actions import answers as actions
from palermo.responses.actions.sections import SectionSaved, refuse_unless_in_part
from palermo.responses.actions.sections import save_section as save_section_answers
from palermo.responses.forms.answering import (
    invalid_sentence,
    moment_words,
    posted_fields,
    progress_sentence,
    read_given,
    refuse_too_long,
    remark_sentences,
    saved_words,
    typed_content,
)
from palermo.responses.forms.fields import identity
from palermo.responses.logic.scopes import section_scope
from palermo.responses.queries.places import SavePlace, find_place, find_save_place, question_in, section_of
from palermo.responses.views.sections import section_page
from palermo.responses.views.shared import manner, person

STATUS_OF_REFUSAL = {"too_long": 413, "not_your_part": 403, "other_person": 409}


def _refuse_other_person(request: HttpRequest) -> None:
    """A page that one person left open must not save in the name of another who has signed in since."""
    meant = request.POST.get("person", "")
    if meant and meant != str(person(request).pk):
        raise Refusal(
            _("Somebody else has signed in on this computer since this page was opened. Nothing was saved."),
            "other_person",
        )


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@never_cache
@require_POST
def save_answer(
    request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str
) -> JsonResponse:
    """Saves one answer, as the script sends it; the reply says what became of it."""
    user = person(request)
    place = find_save_place(user=user, cycle=cycle, questionnaire=questionnaire, party=party, section=section)
    question = question_in(section_of(place.spec, section), code)
    given = read_given(
        question, posted_fields(request.POST).get(code, {}), figure_key=place.scope, language=user.language
    )
    try:
        _refuse_other_person(request)
        refuse_unless_in_part(place.part, question)
        refuse_too_long(given)
        saved = actions.save_answer(
            by=user, response=place.response, spec=place.spec, given=given, declared=place.declared,
            **manner(user, place.scope, party),
        )  # fmt: skip
    except Refusal as refusal:
        status = STATUS_OF_REFUSAL.get(refusal.code, 422)
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=status)
    if saved.conflict:
        address = reverse(
            "responses:conflict", kwargs={**_arguments(cycle, questionnaire, party, section), "code": code}
        )
        return JsonResponse({"code": "conflict", "message": _conflict_sentence(saved), "conflict": address}, status=409)
    here = {asked.code for asked in section_of(place.spec, section).questions}
    reply: dict[str, Any] = {
        "revision": saved.revision,
        "sign": saved_words(saved.at, saved.by_name) if saved.revision else "",
        "answered": saved.answered,
        "total": saved.total,
        "progress": progress_sentence(saved.answered, saved.total),
    }
    remarks = remark_sentences(saved.remarks, question)
    if code in saved.invalid:
        remarks.append(invalid_sentence())
    optional = {
        "remarks": remarks,
        "appeared": [other for other in saved.appeared if other in here],
        "disappeared": [other for other in saved.disappeared if other in here],
        "invalid": [other for other in saved.invalid if other in here],
        "undone": saved.undone,
    }
    reply.update({name: value for name, value in optional.items() if value})
    return JsonResponse(reply, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})


def _arguments(cycle: str, questionnaire: str, party: str, section: str) -> dict[str, str]:
    return {"cycle": cycle, "questionnaire": questionnaire, "party": party, "section": section}


def _conflict_sentence(saved: actions.Saved) -> str:
    sentence = _(
        "%(name)s changed this answer meanwhile (%(when)s). Your text is kept beside it; decide which one stands."
    )
    return sentence % {"name": saved.by_name, "when": moment_words(saved.at)}


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def save_section(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str) -> HttpResponse:
    """Saves the form of the whole page, for browsers without scripts; a visit leads back to the page."""
    address = reverse("responses:section", kwargs=_arguments(cycle, questionnaire, party, section))
    if request.method != "POST":
        return redirect(address)
    place = find_save_place(
        user=person(request), cycle=cycle, questionnaire=questionnaire, party=party, section=section
    )
    done, problems = _save_posted(request, place, section_of(place.spec, section), party)
    _tell(request, done)
    if problems:
        return problems
    return redirect(f"{address}#{_target(request, done.conflicts)}")


def _save_posted(
    request: HttpRequest, place: SavePlace, asked: SectionSpec, party: str
) -> tuple[SectionSaved, HttpResponse | None]:
    """Saves what the form of the page holds; gives the page with what could not be saved still in its fields."""
    user = person(request)
    posted = posted_fields(request.POST)
    given = {
        question.code: read_given(question, posted[question.code], figure_key=place.scope, language=user.language)
        for question in asked.questions
        if question.is_answered and question.code in posted
    }
    refused: dict[str, str] = {}
    for code, item in given.items():
        try:
            _refuse_other_person(request)
            refuse_too_long(item)
        except Refusal as refusal:
            refused[code] = refusal.message
    done = save_section_answers(
        by=user,
        response=place.response,
        spec=place.spec,
        part=place.part,
        given=[item for code, item in given.items() if code not in refused],
        **manner(user, place.scope, party),
    )
    refused.update(done.refused)
    if not refused:
        return done, None
    typed = {
        code: (typed_content(place.spec.questions[code], given[code]), given[code].base, reason)
        for code, reason in refused.items()
    }
    response = place.response
    whole = find_place(cycle=response.cycle.code, questionnaire=response.questionnaire.code, party=party)
    return done, section_page(request, whole, asked, typed=typed, status=422)


def _target(request: HttpRequest, conflicts: tuple[str, ...]) -> str:
    """Where on the page to go on: at the first conflict, else at the question whose button was pressed."""
    if conflicts:
        return "content"
    code = request.POST.get("add") or request.POST.get("save") or ""
    return identity(code) if code and code != "all" else "content"


def _tell(request: HttpRequest, done: SectionSaved) -> None:
    """Says on the next page what was saved."""
    if done.saved:
        messages.success(
            request,
            ngettext("One answer has been saved.", "%(count)s answers have been saved.", len(done.saved))
            % {"count": len(done.saved)},
        )
    elif not done.conflicts and not done.refused:
        messages.info(request, _("Nothing has changed since it was last saved."))
    if done.undone:
        messages.warning(request, _("The section is no longer declared complete, because an answer has changed."))


@requires(Permission.ANSWER, scope=section_scope, read=Permission.READ_RESPONSE)
@require_POST
def flag(request: HttpRequest, cycle: str, questionnaire: str, party: str, section: str, code: str) -> HttpResponse:
    """Marks an answer for a second look, or takes the mark away; what was typed in the page is saved first."""
    user = person(request)
    place = find_save_place(user=user, cycle=cycle, questionnaire=questionnaire, party=party, section=section)
    asked = section_of(place.spec, section)
    question = question_in(asked, code)
    done, problems = _save_posted(request, place, asked, party)
    if done.saved or done.undone:
        _tell(request, done)
    if problems:
        return problems
    try:
        _refuse_other_person(request)
        refuse_unless_in_part(place.part, question)
        actions.refuse_unless_open(place.response.state)
        actions.flag_answer(by=user, response=place.response, code=code, flagged=bool(request.POST.get("flagged")))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    address = reverse("responses:section", kwargs=_arguments(cycle, questionnaire, party, section))
    return redirect(f"{address}#{identity(code)}")
