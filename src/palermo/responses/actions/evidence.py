"""Files that support answers, and remarks inside the national team."""

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from palermo.base.attachments import accept
from palermo.base.errors import Refusal
from palermo.parties.actions import record
from palermo.parties.models import User
from palermo.questionnaires.logic.spec import VersionSpec
from palermo.responses.actions.answers import question_of, refuse_unless_open, undo_declaration
from palermo.responses.models import Comment, Evidence, Response
from palermo.responses.queries.state import scope_of

COMMENT_LIMIT = 5000


def _held(key: int) -> Response:
    """The response, held against submission until the end of the transaction, but not against saving."""
    return (
        Response.objects.select_for_update(of=("self",), no_key=True)
        .select_related("cycle", "questionnaire", "party")
        .get(pk=key)
    )


@transaction.atomic
def attach_file(*, by: User, response: Response, spec: VersionSpec, code: str, upload: UploadedFile) -> Evidence:
    """Attaches a file to an answer after looking at what it really is; raises ``RefusedFile`` with the reason.

    The declaration of the section is undone, as by any other change of it.
    """
    question = question_of(spec, code)
    accepted = accept(upload)
    held = _held(response.pk)
    refuse_unless_open(held.state)
    evidence = Evidence.keep(accepted, by=by, response=held, section=question.section, code=code)
    undo_declaration(by=by, response=held, section=question.section, code=code)
    record(
        by=by,
        action="attach_file",
        scope=f"{scope_of(held)}/{question.section}",
        subject=evidence.name,
        detail={"code": code, "sha256": evidence.sha256},
    )
    return evidence


@transaction.atomic
def remove_file(*, by: User, evidence: Evidence) -> None:
    """Takes a file from an answer; the file is kept for the submissions that name it, but shown no more."""
    held = _held(evidence.response_id)
    refuse_unless_open(held.state)
    if not Evidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=timezone.now()):
        return
    undo_declaration(by=by, response=held, section=evidence.section, code=evidence.code)
    record(
        by=by,
        action="remove_file",
        scope=f"{scope_of(held)}/{evidence.section}",
        subject=evidence.name,
        detail={"code": evidence.code, "sha256": evidence.sha256},
    )


@transaction.atomic
def comment(
    *, by: User, response: Response, spec: VersionSpec, section: str, text: str, language: str, code: str = ""
) -> Comment:
    """Writes a remark for the national team on a section or on one of its questions."""
    text = text.strip()
    if not text:
        raise Refusal(_("Write something before you send the comment."), "empty")
    if len(text) > COMMENT_LIMIT:
        raise Refusal(
            _("The comment has %(length)s characters; %(limit)s are taken. Shorten it, or attach a file.")
            % {"length": len(text), "limit": COMMENT_LIMIT},
            "too_long",
        )
    if code and question_of(spec, code).section != section:
        raise Refusal(_("This question is not in this section."), "other_section")
    written = Comment.objects.create(
        response=response, section=section, code=code, author=by, text=text, language=language
    )
    record(by=by, action="comment", scope=f"{scope_of(response)}/{section}", subject=code)
    return written


@transaction.atomic
def settle_comment(*, by: User, comment: Comment) -> None:
    """Marks a comment as dealt with; once is enough."""
    response = Response.objects.select_related("cycle", "questionnaire", "party").get(pk=comment.response_id)
    if Comment.objects.filter(pk=comment.pk, settled_at=None).update(settled_at=timezone.now(), settled_by=by):
        record(by=by, action="settle_comment", scope=f"{scope_of(response)}/{comment.section}", subject=comment.code)
