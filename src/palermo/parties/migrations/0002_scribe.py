"""The role of an officer who enters what a State sent on paper."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Names the role among the choices; the table stays as it is."""

    dependencies = [
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="grant",
            name="role",
            field=models.CharField(
                choices=[
                    ("focal_point", "focal_point"),
                    ("deputy", "deputy"),
                    ("lead", "lead"),
                    ("contributor", "contributor"),
                    ("reader", "reader"),
                    ("scribe", "scribe"),
                    ("secretariat", "secretariat"),
                    ("administrator", "administrator"),
                ],
                max_length=32,
            ),
        ),
    ]
