"""Tables that everything shares: the outbox of mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Mail(models.Model):
    """A message to a person, written in the transaction of what it tells about and sent by the worker.

    The row stays as the record of what was sent; the demonstration shows it in an outbox and sends nothing.
    """

    to_address = models.EmailField(_("address"), max_length=254)
    to_user_id = models.BigIntegerField(_("person"), null=True, blank=True, db_index=True)
    language = models.CharField(_("language"), max_length=8)
    template = models.CharField(_("template"), max_length=100)
    subject = models.CharField(_("subject"), max_length=250)
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True, default="")

    class Meta:
        verbose_name = _("e-mail message")
        verbose_name_plural = _("e-mail messages")
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["-created_at"], name="base_mail_newest")]

    def __str__(self) -> str:
        return f"{self.to_address}: {self.subject}"
