"""Where the portal has run before notices came, only what happens from now on is told."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    head = apps.get_model("renewals", "EventHead").objects.first()
    if head is not None:
        apps.get_model("notifications", "FanOut").objects.get_or_create(
            source="events", defaults={"position": str(head.sequence)}
        )


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0001_initial"),
        ("renewals", "0003_alter_event_kind"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
