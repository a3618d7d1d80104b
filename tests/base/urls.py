"""Addresses that the tests of base use."""

from django.conf.urls.i18n import i18n_patterns
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


def page(request: HttpRequest, **kwargs: str) -> HttpResponse:
    return render(request, "base/base.html")


def fail(request: HttpRequest, what: str) -> HttpResponse:
    if what == "403":
        raise PermissionDenied("Only the focal point may submit.")
    if what == "404":
        raise Http404
    raise RuntimeError(what)


urlpatterns = i18n_patterns(
    path("", page, name="front"),
    path("fail/<what>/", fail),
    path("cycles/", page, name="cycles"),
    path("cycles/<cycle>/", page, name="hub"),
    path("cycles/<cycle>/check/", page, name="check"),
    path("cycles/<cycle>/art-6/", page, name="section"),
)
handler400 = "palermo.base.frame.bad_request"
handler403 = "palermo.base.frame.forbidden"
handler404 = "palermo.base.frame.not_found"
handler500 = "palermo.base.frame.server_error"
