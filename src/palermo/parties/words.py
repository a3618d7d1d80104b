"""Words for the codes of this app, in the reader's language."""

from django.utils.translation import gettext_lazy as _

from palermo.parties.logic.roles import Role

ROLE_NAMES = {
    Role.FOCAL_POINT: _("National focal point"),
    Role.DEPUTY: _("Deputy focal point"),
    Role.LEAD: _("Contributor, lead of sections"),
    Role.CONTRIBUTOR: _("Contributor"),
    Role.READER: _("Reader"),
    Role.SCRIBE: _("Officer who enters what the State sent on paper"),
    Role.SECRETARIAT: _("Secretariat officer"),
    Role.ADMINISTRATOR: _("Administrator"),
}
