"""Addresses of the demonstration; they exist in it only."""

from django.urls import path

from palermo.site.views import demonstration, gallery

app_name = "demo"
urlpatterns = [
    path("", demonstration.personas, name="personas"),
    path("sign-in/", demonstration.sign_in, name="sign_in"),
    path("outbox/", demonstration.outbox, name="outbox"),
    path("charts/", gallery.charts, name="charts"),
]
