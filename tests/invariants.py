"""What must hold in the tables after any history: read from outside, as the superuser of nothing but one organization."""

from __future__ import annotations

from sqlalchemy import text

from pms.kernel.actor import Actor
from pms.kernel.db import work

_LEDGER = """
select 'sold' as what, i.room_type_id::text, i.night::text, i.sold as counted,
  (select count(*) from stay_night n where n.room_type_id = i.room_type_id and n.night = i.night and n.live) as real
from inventory_night i
union all
select 'blocked', i.room_type_id::text, i.night::text, i.blocked,
  (select count(*) from block b join unit u on u.id = b.unit_id where u.room_type_id = i.room_type_id
   and b.kind = 'out_of_order' and b.lifted_at is null and b.first_night <= i.night and i.night < b.end_night)
from inventory_night i
union all
select 'capacity', i.room_type_id::text, i.night::text, i.capacity,
  (select count(*) from unit u where u.room_type_id = i.room_type_id and u.archived_at is null)
from inventory_night i
"""
_UNCOUNTED = """
select n.stay_id, n.night from stay_night n
left join inventory_night i on i.room_type_id = n.room_type_id and i.night = n.night
where n.live and i.night is null
"""
_TWO_IN_A_BED = """
select n.unit_id, n.night from stay_night n where n.live and n.unit_id is not null group by 1, 2 having count(*) > 1
union all
select n.unit_id, n.night from stay_night n join block b on b.unit_id = n.unit_id and b.kind = 'out_of_order'
  and b.lifted_at is null and b.first_night <= n.night and n.night < b.end_night where n.live
"""
_RAGGED = """
select s.id from stay s left join stay_night n on n.stay_id = s.id
group by s.id having count(n.night) <> s.departure - s.arrival
  or min(n.night) <> s.arrival or max(n.night) <> s.departure - 1
  or bool_or(n.live) and s.status in ('cancelled', 'no_show')
"""
_STRANGE_UNIT = (
    "select n.stay_id from stay_night n join unit u on u.id = n.unit_id where u.room_type_id <> n.room_type_id and n.live"
)
_OVERSOLD = "select room_type_id, night from inventory_night where sold + held + blocked > capacity + overbooking"


def assert_house_in_order(actor: Actor, oversold_allowed: bool = False) -> None:
    """inventory == nights, no bed twice, every stay a run of nights, nothing oversold."""
    with work(actor) as db:
        wrong = [row for row in db.execute(text(_LEDGER)) if row.counted != row.real]
        assert not wrong, f"inventory and nights disagree: {wrong}"
        for query in (_UNCOUNTED, _TWO_IN_A_BED, _RAGGED, _STRANGE_UNIT, *([] if oversold_allowed else [_OVERSOLD])):
            found = db.execute(text(query)).all()
            assert not found, f"{query.strip()} found {found}"
