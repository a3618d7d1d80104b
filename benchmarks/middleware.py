"""Counts the statements that a request sends to the database; only for requests with the header ``X-Count``."""

import sys
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


def count_queries(get_response: Handler) -> Handler:
    """Answer with the number in ``X-Queries``; with ``X-Count: show`` the statements go to the log."""

    def handle(request: HttpRequest) -> HttpResponse:
        wanted = request.META.get("HTTP_X_COUNT")
        if not wanted:
            return get_response(request)
        statements: list[str] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
            statements.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            response = get_response(request)
        response["X-Queries"] = str(len(statements))
        if wanted == "show":
            print(f"── {request.method} {request.path}", *statements, sep="\n", file=sys.stderr, flush=True)
        return response

    return handle
