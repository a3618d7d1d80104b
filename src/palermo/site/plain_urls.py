"""Addresses without a language: the root, health, robots."""

from django.urls import path

from palermo.site.views import plain

urlpatterns = [
    path("", plain.root, name="root"),
    path("health/", plain.health, name="health"),
    path("robots.txt", plain.robots, name="robots"),
]
