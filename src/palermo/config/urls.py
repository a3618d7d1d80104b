"""All addresses: one line per app; pages carry their language, the rest does not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from palermo.responses.views.messages import all_messages

urlpatterns = [
    *i18n_patterns(
        path("account/", include("palermo.parties.account_urls")),
        path("", include("palermo.parties.urls")),
        path("treaties/", include("palermo.treaties.urls")),
        path("questionnaires/", include("palermo.questionnaires.urls")),
        path("cycles/", include("palermo.responses.urls")),
        path("messages/", include(([path("", all_messages, name="all")], "messages"))),
        path("", include("palermo.reports.urls")),
        path("", include("palermo.site.urls")),
    ),
    path("", include("palermo.site.plain_urls")),
]
if settings.DEMONSTRATION or settings.TESTING:
    urlpatterns += i18n_patterns(path("demo/", include("palermo.site.demo_urls")))

handler400 = "palermo.base.frame.bad_request"
handler403 = "palermo.base.frame.forbidden"
handler404 = "palermo.base.frame.not_found"
handler500 = "palermo.base.frame.server_error"
