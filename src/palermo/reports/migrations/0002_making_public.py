"""What is made for the public is one of the forms too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_documents"),
    ]

    operations = [
        migrations.AlterField(
            model_name="making",
            name="form",
            field=models.CharField(
                choices=[("docx", "docx"), ("pdf", "pdf"), ("html", "html"), ("public", "public")], max_length=8
            ),
        ),
    ]
