"""Addresses of people: accepting an invitation, the own account."""

from django.urls import path

from palermo.parties import views

app_name = "parties"
urlpatterns = [
    path("invitations/<str:token>/", views.accept_invitation, name="accept_invitation"),
    path("account/", views.account, name="account"),
]
