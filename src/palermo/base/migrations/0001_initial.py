"""The outbox of mail, and the table of the database cache (sign-in rate limits live there)."""

from django.db import migrations, models

CACHE = """
CREATE TABLE "base_cache" (
    "cache_key" varchar(255) NOT NULL PRIMARY KEY,
    "value" text NOT NULL,
    "expires" timestamp with time zone NOT NULL
);
CREATE INDEX "base_cache_expires" ON "base_cache" ("expires");
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("to_address", models.EmailField(max_length=254, verbose_name="address")),
                ("to_user_id", models.BigIntegerField(blank=True, db_index=True, null=True, verbose_name="person")),
                ("language", models.CharField(max_length=8, verbose_name="language")),
                ("template", models.CharField(max_length=100, verbose_name="template")),
                ("subject", models.CharField(max_length=250, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written at")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent at")),
                ("error", models.TextField(blank=True, default="", verbose_name="last error")),
            ],
            options={
                "verbose_name": "e-mail message",
                "verbose_name_plural": "e-mail messages",
                "ordering": ["-created_at", "-pk"],
                "indexes": [models.Index(fields=["-created_at"], name="base_mail_newest")],
            },
        ),
        migrations.RunSQL(CACHE, reverse_sql='DROP TABLE "base_cache";'),
    ]
