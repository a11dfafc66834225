"""tenancy: three roles that own nothing, and row-level security on every table"""

from alembic import op

from pms.kernel.db import APP_ROLE, DOOR_ROLE, RELAY_ROLE
from pms.kernel.tenancy import THIS_ORGANIZATION, open_to, protect, roles

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEPT = (
    "property",
    "room_type",
    "unit",
    "amenity",
    "inventory_night",
    "block",
    "guest",
    "reservation",
    "stay",
    "import",
)
WITH_DELETE = ("stay_night", "room_type_amenity", "idempotency_key", "rejected_row")
ACCOUNTS = ("membership", "invitation", "signed_in", "api_key")

COLLEAGUES = f"exists (select from membership m where m.person_id = person.id and m.organization_id = {THIS_ORGANIZATION})"


def upgrade() -> None:
    statements = roles()
    for table in (*KEPT, *ACCOUNTS):
        statements += protect(table)
    for table in WITH_DELETE:
        statements += protect(table, "select, insert, update, delete")
    statements += protect("organization", "select, update", key="id")
    statements += protect("journal", "select, insert")
    for table in (*ACCOUNTS, "organization"):
        statements += open_to(DOOR_ROLE, table, "select, insert, update")
    statements += open_to(RELAY_ROLE, "journal", "select, update (relayed_at)")
    statements += [
        'alter table "person" enable row level security',
        'alter table "person" force row level security',
        f'create policy colleagues on "person" to {APP_ROLE} using ({COLLEAGUES})',
        f'grant select, update on "person" to {APP_ROLE}',
        *open_to(DOOR_ROLE, "person", "select, insert, update"),
    ]
    for statement in statements:
        op.execute(statement)
