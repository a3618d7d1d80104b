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
from palermo.responses.actions.answers import question_of, refuse_unless_open
from palermo.responses.models import Comment, Evidence, Response
from palermo.responses.queries.state import scope_of


@transaction.atomic
def attach_file(*, by: User, response: Response, spec: VersionSpec, code: str, upload: UploadedFile) -> Evidence:
    """Attaches a file to an answer after looking at what it really is; raises ``RefusedFile`` with the reason."""
    question = question_of(spec, code)
    locked = Response.objects.select_for_update(no_key=True).only("state").get(pk=response.pk)
    refuse_unless_open(locked.state)
    evidence = Evidence.keep(accept(upload), by=by, response=response, section=question.section, code=code)
    record(
        by=by,
        action="attach_file",
        scope=f"{scope_of(response)}/{question.section}",
        subject=evidence.name,
        detail={"code": code, "sha256": evidence.sha256},
    )
    return evidence


@transaction.atomic
def remove_file(*, by: User, evidence: Evidence) -> None:
    """Takes a file from an answer; the file is kept for the submissions that name it, but shown no more."""
    response = Response.objects.select_related("cycle", "questionnaire", "party").get(pk=evidence.response_id)
    refuse_unless_open(response.state)
    Evidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=timezone.now())
    record(by=by, action="remove_file", scope=f"{scope_of(response)}/{evidence.section}", subject=evidence.name)


@transaction.atomic
def comment(
    *, by: User, response: Response, spec: VersionSpec, section: str, text: str, language: str, code: str = ""
) -> Comment:
    """Writes a remark for the national team on a section or on one of its questions."""
    if not text.strip():
        raise Refusal(_("Write something before you send the comment."), "empty")
    if code and question_of(spec, code).section != section:
        raise Refusal(_("This question is not in this section."), "other_section")
    written = Comment.objects.create(
        response=response, section=section, code=code, author=by, text=text.strip()[:5000], language=language
    )
    record(by=by, action="comment", scope=f"{scope_of(response)}/{section}", subject=code)
    return written


@transaction.atomic
def settle_comment(*, by: User, comment: Comment) -> None:
    """Marks a comment as dealt with."""
    response = Response.objects.select_related("cycle", "questionnaire", "party").get(pk=comment.response_id)
    Comment.objects.filter(pk=comment.pk, settled_at=None).update(settled_at=timezone.now(), settled_by=by)
    record(by=by, action="settle_comment", scope=f"{scope_of(response)}/{comment.section}", subject=comment.code)
