"""changes of overbooking alone, made before they were listed among those of rates, are listed: the journal knows them all"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Undoing writes "undone" of the one change and "changed" of the other in one transaction, whose time both bear.
LIST = """
alter table rate_change no force row level security;
alter table journal no force row level security;
with undone as materialized (
  select organization_id, property_id, happened_at, actor_id, max(entity_id::text)::uuid as entity_id from journal
  where event = 'allowance.undone' group by 1, 2, 3, 4
)
insert into rate_change (id, organization_id, property_id, made_at, made_by, actor_id, how, reason, cells, undoes_id)
select j.entity_id, j.organization_id, j.property_id, j.happened_at, j.actor_name, j.actor_id,
  case when u.entity_id is null then 'grid' else 'undo' end, '', 0, u.entity_id
from journal j
left join undone u on u.organization_id = j.organization_id and u.property_id = j.property_id
  and u.happened_at = j.happened_at and u.actor_id is not distinct from j.actor_id
  and not exists (select 1 from rate_change where undoes_id = u.entity_id)
where j.event = 'allowance.changed' and not exists (select 1 from rate_change where id = j.entity_id)
order by j.id;
alter table rate_change force row level security;
alter table journal force row level security;
"""


def upgrade() -> None:
    op.execute(LIST)
