"""Mail: written into the outbox inside the transaction of the change, sent by the worker."""

from functools import cache
from typing import Any

import procrastinate
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template import Context
from django.template.engine import Engine
from django.utils import timezone, translation
from procrastinate.contrib.django import app

from palermo.base.models import Mail

SUBJECT_LENGTH = 250


def send(*, template: str, to: Any, language: str, context: dict[str, Any] | None = None) -> Mail:
    """Writes a message to ``to`` (a person with ``email`` and ``pk``, or an address) and queues it for the worker.

    The text is ``templates/mail/<template>.txt``: its first line is the subject, the rest after an empty line the body.
    It is rendered in ``language`` at once, so that it tells what was true when it was written. If the transaction
    around it is rolled back, there is no message and no job.
    """
    address = to if isinstance(to, str) else str(to.email)
    subject, body = render(template=template, language=language, context=context or {})
    with transaction.atomic():
        mail = Mail.objects.create(
            to_address=address,
            to_user_id=None if isinstance(to, str) else to.pk,
            language=language,
            template=template,
            subject=subject,
            body=body,
        )
        if not settings.DEMONSTRATION:
            send_mail.defer(mail_id=mail.pk)
    return mail


def render(*, template: str, language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body of a template in a language. Plain text, so nothing is escaped."""
    with translation.override(language):
        text = (
            _plain_engine()
            .get_template(f"mail/{template}.txt")
            .render(Context({"site": settings.SITE_ADDRESS, **context}, autoescape=False))
        )
    subject, _, body = text.strip().partition("\n")
    return " ".join(subject.split())[:SUBJECT_LENGTH], body.strip() + "\n"


@cache
def _plain_engine() -> Engine:
    """The template engine of the project without HTML escaping."""
    return Engine(
        app_dirs=True,
        autoescape=False,
        libraries={
            "i18n": "django.templatetags.i18n",
            "tz": "django.templatetags.tz",
            "base_text": "palermo.base.templatetags.base_text",
        },
    )


@app.task(
    name="send_mail",
    queue="mail",
    retry=procrastinate.RetryStrategy(max_attempts=8, exponential_wait=4),
)
def send_mail(mail_id: int) -> None:
    """Sends one message of the outbox and marks it; sent ones and those of the demonstration are left alone.

    What the mail server says against it is kept in the row, and the worker tries again later.
    """
    with transaction.atomic():
        mail = Mail.objects.select_for_update().filter(pk=mail_id, sent_at=None).first()
        if mail is None or settings.DEMONSTRATION:
            return
        try:
            EmailMessage(
                subject=mail.subject,
                body=mail.body,
                to=[mail.to_address],
                headers={"Content-Language": mail.language, "Auto-Submitted": "auto-generated"},
            ).send()
        except OSError as error:  # SMTPException is one
            problem: OSError | None = error
            mail.error = f"{type(error).__name__}: {error}"
        else:
            problem = None
            mail.sent_at = timezone.now()
            mail.error = ""
        mail.save(update_fields=["sent_at", "error"])
    if problem is not None:
        raise problem
