"""ask whose rows these are once per statement; find what waits for a unit, and day use, without reading every night"""

import sqlalchemy as sa
from alembic import op

from pms.kernel.tenancy import THIS_ORGANIZATION

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

PER_ROW = "(NULLIF(current_setting('app.organization_id'::text, true), ''::text))::uuid"
"""As PostgreSQL spells what the policies said before."""


def upgrade() -> None:
    found = (
        "select tablename, policyname, qual from pg_policies where schemaname = 'public' and qual not ilike '%( select (nullif%'"
    )
    for table, policy, ours in op.get_bind().execute(sa.text(found)).fetchall():
        if PER_ROW in ours:
            op.execute(f'alter policy "{policy}" on "{table}" using ({ours.replace(PER_ROW, THIS_ORGANIZATION)})')
    op.create_index(
        "stay_night_unassigned", "stay_night", ["property_id", "night"], postgresql_where=sa.text("live and unit_id is null")
    )
    op.create_index("stay_day_use", "stay", ["property_id", "departure"], postgresql_where=sa.text("arrival = departure"))
