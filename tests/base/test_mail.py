"""Mail is part of the transaction of what it tells about."""

import smtplib
from types import SimpleNamespace
from unittest import mock

import pytest
from django.core import mail as outgoing
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from palermo.base.mail import send, send_mail
from palermo.base.models import Mail

PERSON = SimpleNamespace(pk=5, email="ana@example.org")


@pytest.fixture(autouse=True)
def templates(tmp_path):
    """One template, found by the plain engine."""
    from django.template.engine import Engine

    from palermo.base import mail

    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "note.txt").write_text(
        "{% load i18n base_text %}{{ state }}\n: note\n\nBefore {% translate 'January' %} & {{ state }}\n"
    )
    mail._plain_engine.cache_clear()
    libraries = {"i18n": "django.templatetags.i18n", "base_text": "palermo.base.templatetags.base_text"}
    engine = Engine([tmp_path], autoescape=False, libraries=libraries)
    with mock.patch.object(mail, "_plain_engine", return_value=engine):
        yield


@pytest.mark.django_db
def test_send_writes_in_the_language_of_the_receiver_and_queues_one_job():
    mail = send(template="note", to=PERSON, language="fr", context={"state": "Côte d’Ivoire <i>"})
    assert (mail.to_address, mail.to_user_id, mail.language) == ("ana@example.org", 5, "fr")
    assert mail.subject == "Côte d’Ivoire <i>"
    assert mail.body == ": note\n\nBefore Janvier & Côte d’Ivoire <i>\n".replace("Janvier", mail.body.split()[3])
    assert mail.body.split()[3].lower() == "janvier"
    assert list(ProcrastinateJob.objects.values_list("task_name", "args")) == [("send_mail", {"mail_id": mail.pk})]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_rolled_back_leaves_neither_message_nor_job():
    # Jobs that other tests committed stay: their table is not emptied between tests.
    before = ProcrastinateJob.objects.count()
    with transaction.atomic():
        send(template="note", to="a@example.org", language="en", context={"state": "x"})
        transaction.set_rollback(True)
    assert (Mail.objects.count(), ProcrastinateJob.objects.count()) == (0, before)


@pytest.mark.django_db
def test_the_worker_sends_once():
    mail = send(template="note", to=PERSON, language="en", context={"state": "Peru"})
    send_mail(mail_id=mail.pk)
    send_mail(mail_id=mail.pk)
    assert [(sent.subject, sent.to) for sent in outgoing.outbox] == [("Peru", ["ana@example.org"])]
    mail.refresh_from_db()
    assert mail.sent_at is not None


@pytest.mark.django_db
def test_what_the_mail_server_refuses_is_kept_and_tried_again():
    mail = send(template="note", to=PERSON, language="en", context={"state": "Peru"})
    refusal = smtplib.SMTPServerDisconnected("gone")
    with mock.patch.object(EmailBackend, "send_messages", side_effect=refusal), pytest.raises(smtplib.SMTPException):
        send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert (mail.sent_at, mail.error) == (None, "SMTPServerDisconnected: gone")
    send_mail(mail_id=mail.pk)
    mail.refresh_from_db()
    assert mail.error == ""


@pytest.mark.django_db
def test_the_demonstration_only_keeps(settings):
    settings.DEMONSTRATION = True
    mail = send(template="note", to=PERSON, language="en", context={"state": "Peru"})
    send_mail(mail_id=mail.pk)
    assert (outgoing.outbox, ProcrastinateJob.objects.count(), Mail.objects.get().sent_at) == ([], 0, None)
