"""Addresses of the picture and of reports."""

app_name = "reports"
urlpatterns: list = []
