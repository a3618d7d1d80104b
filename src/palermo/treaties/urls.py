"""Addresses of the public pages of treaties."""

from django.urls import path

from palermo.treaties import views

app_name = "treaties"
urlpatterns = [
    path("", views.treaties, name="treaties"),
    path("<slug:code>/", views.treaty, name="treaty"),
    path("<slug:code>/<slug:article>/", views.article, name="article"),
]
