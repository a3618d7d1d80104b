"""Documents and figures that the public reads, and the record of the editions of the figures."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

TABLES = """
CREATE TABLE published.document (
    code varchar(120) PRIMARY KEY,
    figures varchar(64) NOT NULL,
    kind varchar(60) NOT NULL,
    cycle varchar(40) NOT NULL,
    questionnaire varchar(40) NOT NULL,
    treaty varchar(40) NOT NULL,
    language varchar(8) NOT NULL,
    symbol varchar(60) NOT NULL,
    title varchar(400) NOT NULL,
    summary text NOT NULL,
    dated date NOT NULL,
    as_at date NOT NULL,
    published_at timestamptz NOT NULL,
    html text NOT NULL,
    docx bytea NOT NULL,
    pdf bytea NOT NULL
);
CREATE TABLE published.figures (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cycle varchar(40) NOT NULL,
    questionnaire varchar(40) NOT NULL,
    treaty varchar(40) NOT NULL,
    edition integer NOT NULL CHECK (edition > 0),
    as_at date NOT NULL,
    known_at timestamptz NOT NULL,
    published_at timestamptz NOT NULL,
    threshold integer NOT NULL CHECK (threshold > 1),
    reported integer NOT NULL CHECK (reported >= 0),
    generated boolean NOT NULL,
    data jsonb NOT NULL,
    UNIQUE (cycle, questionnaire)
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
    dependencies = [
        ("site", "0003_reporting"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(TABLES, reverse_sql="DROP TABLE published.document; DROP TABLE published.figures;"),
        migrations.CreateModel(
            name="PublishedDocument",
            fields=[
                ("code", models.CharField(max_length=120, primary_key=True, serialize=False)),
                ("figures", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=60)),
                ("cycle", models.CharField(max_length=40)),
                ("questionnaire", models.CharField(max_length=40)),
                ("treaty", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=8)),
                ("symbol", models.CharField(blank=True, max_length=60)),
                ("title", models.CharField(max_length=400)),
                ("summary", models.TextField(blank=True)),
                ("dated", models.DateField()),
                ("as_at", models.DateField()),
                ("published_at", models.DateTimeField()),
                ("html", models.TextField()),
                ("docx", models.BinaryField()),
                ("pdf", models.BinaryField()),
            ],
            options={
                "db_table": '"published"."document"',
                "ordering": [models.OrderBy(models.F("published_at"), descending=True), "code"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PublishedFigures",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cycle", models.CharField(max_length=40)),
                ("questionnaire", models.CharField(max_length=40)),
                ("treaty", models.CharField(max_length=40)),
                ("edition", models.PositiveIntegerField()),
                ("as_at", models.DateField()),
                ("known_at", models.DateTimeField()),
                ("published_at", models.DateTimeField()),
                ("threshold", models.PositiveIntegerField()),
                ("reported", models.PositiveIntegerField()),
                ("generated", models.BooleanField()),
                ("data", models.JSONField()),
            ],
            options={
                "db_table": '"published"."figures"',
                "ordering": [models.OrderBy(models.F("as_at"), descending=True), "cycle", "questionnaire"],
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="FiguresEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cycle", models.CharField(max_length=40)),
                ("questionnaire", models.CharField(max_length=40)),
                ("number", models.PositiveIntegerField()),
                ("as_at", models.DateField()),
                ("known_at", models.DateTimeField()),
                ("published_at", models.DateTimeField()),
                ("receipts", models.JSONField()),
                (
                    "published_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cycle", "questionnaire", "number"), name="site_figuresedition_unique"
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figuresedition",
            trigger=pgtrigger.compiler.Trigger(
                name="figuresedition_no_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="c94444b496e630e69b431e0b2446cc3a8bea5e9d",
                    operation="DELETE",
                    pgid="pgtrigger_figuresedition_no_delete_c19d2",
                    table="site_figuresedition",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="figuresedition",
            trigger=pgtrigger.compiler.Trigger(
                name="figuresedition_no_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b81e256989325f4952ad46d94a0f39363a18ce91",
                    operation="UPDATE",
                    pgid="pgtrigger_figuresedition_no_update_bb64d",
                    table="site_figuresedition",
                    when="BEFORE",
                ),
            ),
        ),
    ]
