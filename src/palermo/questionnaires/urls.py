"""Addresses of the public reading pages."""

from django.urls import path

from palermo.questionnaires import views

app_name = "questionnaires"
urlpatterns = [
    path("<slug:code>/", views.reading, name="reading"),
    path("<slug:code>/<slug:section>/", views.section, name="section"),
]
