"""Compresses pages and data on the way out, for slow lines; files that are handed out go as they are."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """Django's gzip, with its random padding against guessing, for everything but downloads."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """A download keeps its length, so that a browser can show how far it is."""
        if response.streaming or response.has_header("Content-Disposition"):
            return response
        return super().process_response(request, response)  # type: ignore[arg-type, no-any-return, unused-ignore]
