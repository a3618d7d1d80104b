"""Who was asked and who has reported, for the public: a fact about submissions, nothing of any draft."""

from django.db import migrations, models

TABLE = """
CREATE TABLE published.reporting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cycle varchar(40) NOT NULL,
    questionnaire varchar(40) NOT NULL,
    party varchar(32) NOT NULL,
    asked_at timestamptz NOT NULL,
    reported_at timestamptz,
    UNIQUE (cycle, questionnaire, party)
);
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
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("site", "0002_search")]

    operations = [
        migrations.RunSQL(
            TABLE,
            reverse_sql="DROP TABLE published.reporting;",
            state_operations=[
                migrations.CreateModel(
                    name="Reporting",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("cycle", models.CharField(max_length=40)),
                        ("questionnaire", models.CharField(max_length=40)),
                        ("party", models.CharField(max_length=32)),
                        ("asked_at", models.DateTimeField()),
                        ("reported_at", models.DateTimeField(null=True)),
                    ],
                    options={"db_table": '"published"."reporting"', "managed": False},
                )
            ],
        )
    ]
