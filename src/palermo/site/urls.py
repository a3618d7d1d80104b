"""Addresses of the front page, the desk and the States."""

from django.urls import path

from palermo.site.views import home, states

app_name = "site"
urlpatterns = [
    path("", home.front, name="front"),
    path("desk/", home.desk, name="desk"),
    path("states/", states.states, name="states"),
    path("states/<str:code>/", states.state, name="state"),
]
