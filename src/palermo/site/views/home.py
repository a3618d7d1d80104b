"""The front page and the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from palermo.parties.access import public, signed_in
from palermo.parties.models import User
from palermo.site.queries import desk as queries


@public
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What this is, the treaties and the questionnaires; one screen."""
    context = {"treaties": queries.front_treaties(), "reporting": queries.latest_reporting(request.LANGUAGE_CODE)}
    return render(request, "site/front.html", context)


@signed_in
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What the person works on, and what waits for the person."""
    user = request.user
    assert isinstance(user, User)
    return render(request, "site/desk.html", queries.desk_of(user, request.LANGUAGE_CODE))
