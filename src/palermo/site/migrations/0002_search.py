"""The two indexes of the search: what everybody can find, and what was submitted."""

from django.db import migrations, models

COLUMNS = """
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind varchar(16) NOT NULL,
    source varchar(160) NOT NULL,
    language varchar(8) NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    words text NOT NULL,
    place jsonb NOT NULL,
    vector tsvector GENERATED ALWAYS AS (
        CASE language
            WHEN 'ar' THEN to_tsvector('arabic', words)
            WHEN 'en' THEN to_tsvector('english', words)
            WHEN 'es' THEN to_tsvector('spanish', words)
            WHEN 'fr' THEN to_tsvector('french', words)
            WHEN 'ru' THEN to_tsvector('russian', words)
            ELSE to_tsvector('simple', words)
        END
    ) STORED
"""
TABLES = """
CREATE TABLE published.entry (COLUMNS);
CREATE INDEX entry_vector ON published.entry USING gin (vector);
CREATE INDEX entry_source ON published.entry (source);
CREATE TABLE site_submittedentry (scope varchar(200) NOT NULL, COLUMNS);
CREATE INDEX site_submittedentry_vector ON site_submittedentry USING gin (vector);
CREATE INDEX site_submittedentry_source ON site_submittedentry (source);
DO $$
DECLARE working text;
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'palermo_public') THEN
        GRANT SELECT ON ALL TABLES IN SCHEMA published TO palermo_public;
    END IF;
    FOR working IN
        SELECT DISTINCT grantee::regrole::text
        FROM pg_class, aclexplode(relacl)
        WHERE oid = 'responses_submission'::regclass AND privilege_type = 'INSERT' AND grantee <> 0
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA published TO %s', working);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON site_submittedentry TO %s', working);
    END LOOP;
END $$;
""".replace("COLUMNS", COLUMNS)
FIELDS = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("kind", models.CharField(max_length=16)),
    ("source", models.CharField(max_length=160)),
    ("language", models.CharField(max_length=8)),
    ("title", models.TextField()),
    ("body", models.TextField()),
    ("words", models.TextField()),
    ("place", models.JSONField()),
]


class Migration(migrations.Migration):
    dependencies = [("site", "0001_published")]

    operations = [
        migrations.RunSQL(
            TABLES,
            reverse_sql="DROP TABLE published.entry; DROP TABLE site_submittedentry;",
            state_operations=[
                migrations.CreateModel(
                    name="PublicEntry",
                    fields=FIELDS,
                    options={"db_table": '"published"."entry"', "managed": False},
                ),
                migrations.CreateModel(
                    name="SubmittedEntry",
                    fields=[*FIELDS, ("scope", models.CharField(max_length=200))],
                    options={"db_table": "site_submittedentry", "managed": False},
                ),
            ],
        ),
        migrations.CreateModel(
            name="Indexed",
            fields=[
                ("receipt", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(auto_now=True)),
            ],
            options={"ordering": ["receipt"]},
        ),
    ]
