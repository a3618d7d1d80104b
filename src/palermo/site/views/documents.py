"""The page on which the Secretariat publishes a document, and withdraws it."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from palermo.base.errors import Refusal
from palermo.base.multilingual import ENDONYMS
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.reports.documents.kinds import Kind
from palermo.reports.models import Document, Making
from palermo.reports.queries.documents import document_at, kind_at
from palermo.responses.logic.scopes import cycles_scope
from palermo.site.actions.documents import publish_document, withdraw_document
from palermo.site.queries import documents as queries
from palermo.site.words import CLOSED_SINCE, NO_KIND, NOT_FOR_EVERYBODY, NOT_PUBLIC

CONFLICT = 409
# After so many seconds nobody waits for the worker any more.
PATIENCE = 120


@requires(Permission.MAKE_DOCUMENTS, scope=cycles_scope)
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, document: int) -> HttpResponse:
    """What the public would read of a document, the step itself, how far it is, and the way back."""
    made = document_at(document)
    if made is None:
        raise Http404
    problem, status = "", 200
    if request.method == "POST":
        try:
            _do(request, made)
        except Refusal as refusal:
            problem, status = refusal.message, CONFLICT
        else:
            return redirect("site:publish_document", document=made.pk)
    kind, there, shown = kind_at(made.snapshot.kind), queries.standing(made), queries.disclosed(made)
    making = there.making
    going = making is not None and making.state == Making.State.WAITING
    patient = making is not None and (timezone.now() - making.at).total_seconds() < PATIENCE
    context = {
        "document": made,
        "language": ENDONYMS[made.language],
        "reason": _reason(made, kind, shown),
        "again_url": reverse("reports:new_document", kwargs={"kind": kind.code}) if kind and kind.has_readers else "",
        "standing": there,
        "is_going": going and patient,
        "is_late": going and not patient,
        "failure": making.problem if making is not None and making.state == Making.State.FAILED else "",
        "public_url": reverse("site:publication", kwargs={"code": there.code}),
        "replaces": there.there if there.there is not None and not there.is_published else None,
        "shown": shown,
        "few": settings.FIGURES_THRESHOLD,
        "problem": problem,
        "crumbs": [
            (_("Make documents"), reverse("reports:documents")),
            (made.symbol or made.title, reverse("reports:document", kwargs={"document": made.pk})),
            (_("Publish"), ""),
        ],
    }
    return render(request, "site/publish.html", context, status=status)


def _reason(made: Document, kind: Kind | None, shown: queries.Disclosed) -> str:
    """Why a document cannot be published; nothing if it can."""
    if kind is None:
        return str(NO_KIND)
    if not kind.public:
        return str(NOT_PUBLIC)
    if shown.stays:
        return str(NOT_FOR_EVERYBODY)
    return str(CLOSED_SINCE) if shown.names_answers and queries.closed_since(made) else ""


def _do(request: HttpRequest, made: Document) -> None:
    assert isinstance(request.user, User)
    if request.POST.get("do") == "withdraw":
        withdraw_document(by=request.user, document=made)
        messages.success(request, _("The document is no longer public."))
    else:
        asked = request.POST.get("conference_asked") == "yes"
        publish_document(by=request.user, document=made, conference_asked=asked)
        messages.success(request, _("The document is on its way to the public. That takes some seconds."))
