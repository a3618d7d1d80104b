"""The schema of what the public reads, and what each role of the database may do in it."""

from django.db import migrations, models
from django.db.models import F

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS published;
CREATE TABLE published.response (
    receipt varchar(64) PRIMARY KEY,
    cycle varchar(40) NOT NULL,
    questionnaire varchar(40) NOT NULL,
    treaty varchar(40) NOT NULL,
    party varchar(32) NOT NULL,
    submitted_at timestamptz NOT NULL,
    published_at timestamptz NOT NULL,
    sections integer NOT NULL CHECK (sections > 0),
    generated boolean NOT NULL,
    excerpt jsonb NOT NULL,
    UNIQUE (party, questionnaire, cycle)
);
DO $$
DECLARE working text;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'palermo_public') THEN
        GRANT USAGE ON SCHEMA published TO palermo_public;
        GRANT SELECT ON ALL TABLES IN SCHEMA published TO palermo_public;
    END IF;
    -- Whoever works with the responses writes the copy.
    FOR working IN
        SELECT DISTINCT grantee::regrole::text
        FROM pg_class, aclexplode(relacl)
        WHERE oid = 'responses_submission'::regclass AND privilege_type = 'INSERT' AND grantee <> 0
    LOOP
        EXECUTE format('GRANT USAGE ON SCHEMA published TO %s', working);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA published TO %s', working);
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("responses", "0004_consent")]

    operations = [
        migrations.RunSQL(
            SCHEMA,
            reverse_sql="DROP SCHEMA published CASCADE;",
            state_operations=[
                migrations.CreateModel(
                    name="Published",
                    fields=[
                        ("receipt", models.CharField(max_length=64, primary_key=True, serialize=False)),
                        ("cycle", models.CharField(max_length=40)),
                        ("questionnaire", models.CharField(max_length=40)),
                        ("treaty", models.CharField(max_length=40)),
                        ("party", models.CharField(max_length=32)),
                        ("submitted_at", models.DateTimeField()),
                        ("published_at", models.DateTimeField()),
                        ("sections", models.PositiveIntegerField()),
                        ("generated", models.BooleanField()),
                        ("excerpt", models.JSONField()),
                    ],
                    options={
                        "db_table": '"published"."response"',
                        "ordering": [F("submitted_at").desc(), "receipt"],
                        "managed": False,
                    },
                )
            ],
        )
    ]
