"""Pages for questions that are added to a running cycle: the Secretariat writes and offers, the State decides."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.base.templatetags.base_text import text_of
from palermo.base.yaml_source import BadContent
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.questionnaires.labels import KINDS
from palermo.questionnaires.logic.spec import QuestionSpec, VersionSpec
from palermo.questionnaires.queries import version_spec
from palermo.responses.actions import supplements as actions
from palermo.responses.forms.cycles import questionnaire_label
from palermo.responses.forms.supplements import NewQuestionForm
from palermo.responses.logic.scopes import cycle_scope, response_scope
from palermo.responses.models import Cycle, CycleQuestionnaire
from palermo.responses.queries import supplements as queries
from palermo.responses.queries.cycles import find_cycle, questionnaires_of
from palermo.responses.queries.wording import section_title
from palermo.responses.views.shared import (
    INVALID,
    REFUSED,
    address,
    do_and_return,
    page_language,
    person,
    place_at,
    response_page,
)

PAGE = ["GET", "HEAD", "POST"]


def _asked(cycle: str, chosen: str) -> tuple[Cycle, list[CycleQuestionnaire], CycleQuestionnaire]:
    found = find_cycle(cycle)
    asked = questionnaires_of(found) if found else []
    for item in asked:
        if found and item.questionnaire.code == (chosen or item.questionnaire.code):
            item.cycle = found
            return found, asked, item
    raise Http404


def _shown(spec: VersionSpec, questions: tuple[QuestionSpec, ...]) -> list[dict[str, Any]]:
    """The questions as the pages list them."""
    language = page_language()
    shown = []
    for question in questions:
        text, found = question.wording(language)
        shown.append(
            {
                "code": question.code,
                "text": text.text,
                "guidance": text.guidance,
                "language": found,
                "section": section_title(spec.section(question.section), language),
                "kind": KINDS[question.kind.value],
                "choices": [text.choices.get(code, code) for code in question.choices],
                "required": question.required,
            }
        )
    return shown


@requires(Permission.SUPPLEMENT, scope=cycle_scope, read=Permission.SEE_REPORTING)
@require_http_methods(PAGE)
def supplement(request: HttpRequest, cycle: str) -> HttpResponse:
    """Adds questions to a questionnaire of the cycle, and offers them."""
    found, asked, one = _asked(cycle, request.GET.get("questionnaire", ""))
    here = reverse("responses:supplement", kwargs={"cycle": found.code})
    if one.pk != asked[0].pk:
        here += f"?questionnaire={one.questionnaire.code}"
    state = queries.supplement(one)
    form = NewQuestionForm(None, spec=state.basis, language=page_language())
    errors: list[tuple[str, str]] = []
    status = 200
    if request.method == "POST":
        act = request.POST.get("do", "add")
        try:
            if act == "offer":
                count = actions.offer_supplement(by=person(request), cycle=found, asked=one)
                messages.success(
                    request,
                    ngettext(
                        "One question has been added and offered.",
                        "%(count)s questions have been added and offered.",
                        count,
                    )
                    % {"count": count},
                )
                return redirect(here)
            if act == "take-back":
                actions.take_question_back(by=person(request), asked=one, code=request.POST.get("code", ""))
                messages.success(request, _("The question has been taken back."))
                return redirect(here)
            form = NewQuestionForm(request.POST, spec=state.basis, language=page_language())
            if form.is_valid():
                actions.add_question(by=person(request), asked=one, new=form.question)
                messages.success(request, _("The question stands in the draft. Nobody is asked yet."))
                return redirect(here)
            status = INVALID
        except Refusal as refusal:
            errors, status = [("#id_element" if refusal.code == "code_taken" else "", refusal.message)], REFUSED
        except BadContent as bad:
            errors, status = [("", problem.reason) for problem in bad.problems], REFUSED
    context = {
        "cycle": found,
        "chips": [
            {
                "label": questionnaire_label(item.questionnaire, page_language()),
                "url": f"{request.path}?questionnaire={item.questionnaire.code}",
                "current": item.pk == one.pk,
            }
            for item in asked
        ],
        "here": here,
        "state": state,
        "questions": _shown(state.basis, state.added),
        "form": form,
        "errors": errors,
        "crumbs": [
            (_("Cycles"), reverse("responses:cycles")),
            (text_of(found.texts, "title"), reverse("responses:cycle", kwargs={"cycle": found.code})),
            (_("Added questions"), ""),
        ],
    }
    return render(request, "responses/supplement.html", context, status=status)


@requires(Permission.CLEAR_RESPONSE, scope=response_scope, read=Permission.READ_RESPONSE)
@require_http_methods(PAGE)
def supplement_offer(request: HttpRequest, cycle: str, questionnaire: str, party: str) -> HttpResponse:
    """Shows the State the questions that were added after it had submitted; it takes them up or leaves them."""
    place = place_at(cycle, questionnaire, party)
    offer = queries.open_offer(place.response)
    if request.method == "POST":
        if request.POST.get("do") == "decline":
            return do_and_return(
                request,
                lambda: actions.decline_supplement(by=person(request), response=place.response),
                done=_("The response stays as it is."),
                back=address(place, "receipts"),
            )
        return do_and_return(
            request,
            lambda: actions.accept_supplement(by=person(request), response=place.response),
            done=_(
                "The response is open with the added questions. What you have submitted stands until you submit again."
            ),
            back=address(place, "hub"),
        )
    questions = queries.offered_questions(place.response, offer) if offer else ()
    spec = version_spec(offer.version_id) if offer else place.spec
    context = {"offer": offer, "questions": _shown(spec, questions)}
    return response_page(
        request, "responses/supplement_offer.html", place, context, crumbs=[(_("Added questions"), "")]
    )
