"""Answers without a language: the root leads to the reader's language; health for a watchman; robots."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import get_language_from_request
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from palermo.parties.access import public


@public
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """Leads to the front page in the language that the browser asks for."""
    return HttpResponseRedirect(f"/{get_language_from_request(request)}/")


@public
@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok"})


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Keeps robots off what needs an account anyway."""
    return HttpResponse("User-agent: *\nDisallow: /*/account/\nDisallow: /*/cycles/\n", content_type="text/plain")
