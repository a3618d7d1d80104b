"""The demonstration: one click per persona, and the mail that was not sent."""

from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from palermo.parties.access import public, signed_in
from palermo.parties.models import User
from palermo.site.queries import desk as queries


@public
@require_safe
def personas(request: HttpRequest) -> HttpResponse:
    """Everybody of the demonstration world, with one button each."""
    return render(
        request,
        "site/personas.html",
        {"personas": queries.personas(request.LANGUAGE_CODE), "invited": queries.invited()},
    )


@public
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as a persona of the demonstration; only those whose address ends in ``.example``."""
    email = request.POST.get("email", "")
    person = User.objects.filter(email__iexact=email, is_active=True).first() if email.endswith(".example") else None
    if person is None:
        raise Http404
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("site:desk")


@signed_in
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The mail that the demonstration would have sent: to oneself, or (``?to=``) to somebody who was invited."""
    reader = request.user
    assert isinstance(reader, User)
    if request.GET.get("to", "").isdecimal():
        reader = get_object_or_404(queries.invited(), pk=int(request.GET["to"][:18]))
    return render(request, "site/outbox.html", {"mails": queries.outbox_of(reader), "reader": reader})
