"""Addresses of cycles and responses. A section is *general* or holds a hyphen; the words of other pages hold none."""

from django.urls import path, register_converter

from palermo.responses.views import (
    answer,
    comments,
    cycles,
    desk,
    files,
    hub,
    messages,
    notes,
    saving,
    sections,
    submitting,
    supplements,
    team,
)


class SectionConverter:
    """The code of a section, such as ``general`` or ``art-5``; never a word that names another page."""

    regex = "general|[a-z]+-[a-z0-9-]+"

    def to_python(self, value: str) -> str:
        """The code as it stands in the address."""
        return value

    def to_url(self, value: str) -> str:
        """The code as it stands in the address."""
        return value


register_converter(SectionConverter, "section")

RESPONSE = "<slug:cycle>/<slug:questionnaire>/<slug:party>"
SECTION = f"{RESPONSE}/<section:section>"

app_name = "responses"
urlpatterns = [
    path(f"{RESPONSE}/", hub.hub, name="hub"),
    path(f"{SECTION}/", sections.section, name="section"),
    path(f"{SECTION}/save/", saving.save_section, name="save_section"),
    path(f"{SECTION}/save/<str:code>/", saving.save_answer, name="save_answer"),
    path(f"{SECTION}/answers/<str:code>/history/", answer.history, name="history"),
    path(f"{SECTION}/answers/<str:code>/conflict/", answer.conflict, name="conflict"),
    path(f"{SECTION}/answers/<str:code>/flag/", saving.flag, name="flag"),
    # ── Team, submitting, cycles, files ──
    path("", cycles.cycles, name="cycles"),
    path("open/", cycles.open_cycle, name="open_cycle"),
    path("help/", cycles.help_queue, name="help_queue"),
    path("<slug:cycle>/", cycles.cycle, name="cycle"),
    path("<slug:cycle>/invite/", cycles.invite_states, name="invite_states"),
    path("<slug:cycle>/deadlines/", cycles.change_deadlines, name="change_deadlines"),
    path("<slug:cycle>/notes/", notes.cycle_notes, name="cycle_notes"),
    path(f"{RESPONSE}/desk/", desk.desk, name="desk"),
    path(f"{RESPONSE}/extension/", desk.extension, name="extension"),
    path(f"{RESPONSE}/obligation/", desk.obligation, name="obligation"),
    path(f"{RESPONSE}/final/", desk.finalise, name="finalise"),
    path(f"{RESPONSE}/paper/", desk.enter_paper, name="enter_paper"),
    path(f"{RESPONSE}/paper/end/", desk.end_paper, name="end_paper"),
    path(f"{RESPONSE}/notes/", notes.notes, name="notes"),
    path(f"{RESPONSE}/notes/record/", notes.record_note, name="record_note"),
    path(f"{RESPONSE}/notes/<uuid:note>/<uuid:uuid>/", notes.note_file, name="note_file"),
    path(f"{RESPONSE}/nominate/", cycles.nominate, name="nominate"),
    path(f"{RESPONSE}/nominate/<int:grant>/again/", cycles.send_nomination_again, name="send_nomination_again"),
    path(f"{RESPONSE}/nominate/<int:grant>/end/", cycles.end_nomination, name="end_nomination"),
    path(f"{RESPONSE}/reopening/<int:reopening>/", cycles.decide_reopening, name="decide_reopening"),
    path(f"{RESPONSE}/help/<int:asked>/", cycles.take_up_help, name="take_up_help"),
    path(f"{RESPONSE}/people/", team.people, name="people"),
    path(f"{RESPONSE}/people/hand-over/", team.hand_over, name="hand_over"),
    path(f"{RESPONSE}/people/invite/", team.invite_person, name="invite_person"),
    path(f"{RESPONSE}/people/<int:grant>/again/", team.send_again, name="send_again"),
    path(f"{RESPONSE}/people/<int:grant>/end/", team.end_grant, name="end_grant"),
    path(f"{RESPONSE}/people/sections/<int:assignment>/take-back/", team.take_back_section, name="take_back_section"),
    path(f"{RESPONSE}/check/", submitting.check, name="check"),
    path(f"{RESPONSE}/submit/", submitting.submit, name="submit"),
    path(f"{RESPONSE}/submit/take-back/", submitting.take_back_clearance, name="take_back_clearance"),
    path(f"{RESPONSE}/receipts/", submitting.receipts, name="receipts"),
    path(f"{RESPONSE}/receipts/<int:number>/", submitting.receipt, name="receipt"),
    path(f"{RESPONSE}/receipts/<int:number>/copy.json", submitting.receipt_copy, name="receipt_copy"),
    path(f"{RESPONSE}/receipts/<int:number>/files/<uuid:uuid>/", submitting.receipt_file, name="receipt_file"),
    path(f"{RESPONSE}/receipts/<int:number>/reopening/", submitting.ask_reopening, name="ask_reopening"),
    path(f"{RESPONSE}/help/", submitting.ask_help, name="help"),
    path("<slug:cycle>/supplement/", supplements.supplement, name="supplement"),
    path(f"{RESPONSE}/supplement/", supplements.supplement_offer, name="supplement_offer"),
    # ── Messages and reminders ──
    path("<slug:cycle>/reminders/", messages.reminders, name="reminders"),
    path(f"{RESPONSE}/remind/", messages.remind_state, name="remind_state"),
    path(f"{RESPONSE}/messages/", messages.response_messages, name="messages"),
    path(f"{RESPONSE}/messages/write/", messages.write_message, name="write_message"),
    path(f"{RESPONSE}/messages/clarification/", messages.ask_clarification, name="ask_clarification"),
    path(f"{RESPONSE}/messages/<uuid:thread>/", messages.thread, name="thread"),
    path(f"{RESPONSE}/messages/<uuid:thread>/close/", messages.close_thread, name="close_thread"),
    path(f"{RESPONSE}/messages/<uuid:thread>/settle/", messages.settle_clarification, name="settle_clarification"),
    path(f"{RESPONSE}/files/<uuid:uuid>/", files.file, name="file"),
    path(f"{RESPONSE}/files/<uuid:uuid>/remove/", files.remove_file, name="remove_file"),
    path(f"{SECTION}/declare/", submitting.declare, name="declare"),
    path(f"{SECTION}/declare/take-back/", submitting.take_back_declaration, name="take_back_declaration"),
    path(f"{SECTION}/part/", submitting.part_done, name="part_done"),
    path(f"{SECTION}/files/<str:code>/", files.files, name="files"),
    path(f"{SECTION}/comments/", comments.section_comments, name="section_comments"),
    path(f"{SECTION}/comments/<uuid:uuid>/settle/", comments.settle_comment, name="settle_comment"),
    path(f"{SECTION}/comments/<str:code>/", comments.comments, name="comments"),
]
