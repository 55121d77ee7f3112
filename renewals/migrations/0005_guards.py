"""PostgreSQL itself refuses what nobody may do: to alter events, checkpoints, revocations."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# 42501, as for a missing right: no code takes it for a conflict of two writers.
FUNCTIONS = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of a row of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION guard_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.written_at IS NULL AND NEW.written_at IS NOT NULL THEN
        OLD.name := NEW.name;
        OLD.written_at := NEW.written_at;
        IF OLD IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% of a row of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION guard_revocation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.reason = 'certificateHold' THEN
        RETURN OLD;
    END IF;
    IF TG_OP = 'UPDATE'
        AND (OLD.id, OLD.authority_id, OLD.serial_hex, OLD.revoked_at)
          = (NEW.id, NEW.authority_id, NEW.serial_hex, NEW.revoked_at)
        AND (OLD.reason = NEW.reason OR OLD.reason = 'certificateHold')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% of a row of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""
TRIGGERS = """
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON renewals_event
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_stays BEFORE UPDATE OR DELETE ON renewals_checkpoint
    FOR EACH ROW EXECUTE FUNCTION guard_checkpoint();
CREATE TRIGGER revocation_stays BEFORE UPDATE OR DELETE ON pki_revocation
    FOR EACH ROW EXECUTE FUNCTION guard_revocation();
"""
UNDO = """
DROP TRIGGER event_stays ON renewals_event;
DROP TRIGGER checkpoint_stays ON renewals_checkpoint;
DROP TRIGGER revocation_stays ON pki_revocation;
DROP FUNCTION refuse_change();
DROP FUNCTION guard_checkpoint();
DROP FUNCTION guard_revocation();
"""


def put_up(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTIONS, params=None)
        schema_editor.execute(TRIGGERS, params=None)


def take_down(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(UNDO, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("renewals", "0004_oversight"),
        ("pki", "0006_authority_services"),
    ]

    operations = [migrations.RunPython(put_up, take_down)]
