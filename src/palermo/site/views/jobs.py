"""How the work in the background goes: whether a worker lives, and what has failed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from palermo.base.errors import Refusal
from palermo.base.queries import background
from palermo.parties.access import requires
from palermo.parties.logic.roles import Permission
from palermo.parties.models import User
from palermo.responses.logic.scopes import cycles_scope
from palermo.site.actions.jobs import try_again


@requires(Permission.ADMINISTER, Permission.MANAGE_CYCLES, scope=cycles_scope)
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What has failed, e-mails that could not be sent, and whether a worker lives."""
    return render(request, "site/jobs.html", {"background": background(), "crumbs": [(_("Background work"), "")]})


@requires(Permission.ADMINISTER, Permission.MANAGE_CYCLES, scope=cycles_scope)
@require_http_methods(["POST"])
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Tries a failed job again."""
    assert isinstance(request.user, User)
    try:
        try_again(by=request.user, number=number)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The work is queued again; look here in a minute."))
    return redirect("site:jobs")
