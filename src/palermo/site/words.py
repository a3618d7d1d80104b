"""Words for codes of lower apps, in the reader's language."""

from django.utils.translation import gettext_lazy as _

# Who may read a section of a submission (responses.logic.consent.Level), the narrowest first.
LEVELS = (
    ("private", _("The Secretariat only")),
    ("parties", _("States parties")),
    ("public", _("Everybody")),
)
# How a desk tells the state of a response: the word, the kind of its tag, and the step that comes next.
STATES = {
    "not_begun": (_("not begun"), "plain", _("Begin")),
    "begun": (_("begun"), "part", _("Go on")),
    "cleared": (_("cleared"), "info", _("Open the cleared response")),
    "submitted": (_("submitted"), "done", _("Open the submitted response")),
    "final": (_("final"), "done", _("Open the submitted response")),
}
# What the search finds: one of it, and all of it.
FOUND = {
    "state": (_("State"), _("States")),
    "treaty": (_("Treaty"), _("Treaties")),
    "question": (_("Question"), _("Questions")),
    "answer": (_("Answer"), _("Answers")),
    "law": (_("Law"), _("Laws")),
    "document": (_("Document"), _("Documents")),
}
# Why a document cannot be published.
NO_KIND = _("This kind of document is no longer there, so nobody can say whether it may be public.")
NOT_PUBLIC = _(
    "Documents of this kind are not published: they show answers of single States. States open those themselves, "
    "section by section."
)
NOT_FOR_EVERYBODY = _(
    "This copy was made for delegations and the Secretariat: it names States with what they answered, whether they "
    "have opened it or not. Make the document again and choose “Everybody” under “Who will read it”."
)
CLOSED_SINCE = _(
    "Since this copy was made, a State has decided that something it submitted is not for everybody. Make the document "
    "again, so that nothing stands in it that has been closed."
)
# By what the needs in the figures for the public are counted (site.logic.figures.NEEDS).
FIGURES_OF_NEEDS = {
    "any": _("States that ask for assistance"),
    "type": _("By type of assistance"),
    "area": _("By priority area of the Conference"),
    "article": _("By article of the treaty"),
}
NO_NEED = {
    "type": _("No type was named"),
    "area": _("In none of the five areas"),
    "article": _("No article"),
}
SAID_IN_WORDS = _("Answered in words only")
