"""One page that asks the database who we are."""

import os

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def front(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (name,) = cursor.fetchone()
    return HttpResponse(f"{name} {os.getpid()}")


urlpatterns = [path("", front)]
