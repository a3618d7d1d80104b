"""Answers that are saved as a file and never shown by the browser in the place of a page."""

from django.http import HttpResponse


def download(content: bytes | str, *, name: str, content_type: str, cache: str = "") -> HttpResponse:
    """The content as a file of this name; ``cache`` says who may keep it, where that is not left to the middleware."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    if cache:
        answer["Cache-Control"] = cache
    return answer
