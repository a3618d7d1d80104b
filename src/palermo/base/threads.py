"""Exchanges of messages on the record; abstract, each app has tables of its own with the link to their subject."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from palermo.base.multilingual import LANGUAGES


class BaseThread(models.Model):
    """An exchange with its subject; it can be closed, and opened again by a new message."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.CharField(max_length=200)
    opened_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """The one with the latest message first."""

        abstract = True
        ordering = ["-last_at", "-id"]


class BaseMessage(models.Model):
    """One message, in the language in which it was written."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    text = models.TextField()
    language = models.CharField(max_length=8, choices=[(code, code) for code in LANGUAGES])
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Oldest first."""

        abstract = True
        ordering = ["at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="%(app_label)s_%(class)s_says_something")]
