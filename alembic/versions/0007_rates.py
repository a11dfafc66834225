"""rates: plans, rules, party prices, policies, taxes, and the cells people fill in with their history"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from pms.kernel.tenancy import protect

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEPT = ("rate_policy", "rate_plan", "price_rule", "party_price", "rate_night", "rate_book", "tax")

# Every property gets the plan that sells it, as a new one is born with. Row-level security binds the owner of the tables too.
FIRST_PLANS = """
alter table property no force row level security;
insert into rate_plan (id, organization_id, property_id, code, name, description, percent, amount, per_adult, per_child,
  round_step, round_ending, round_to, own_restrictions, steps, meals, markups, access, codes, position, version)
select gen_random_uuid(), organization_id, id, 'FLEX', 'Flexible', '', 0, 0, 0, 0, 1, 0, 'nearest', false, '[]', 'none', '{}',
  'public', '{}', 0, 1 from property;
insert into rate_book (organization_id, property_id, default_plan_id, mark)
select organization_id, property_id, id, gen_random_uuid() from rate_plan;
alter table property force row level security;
"""


def upgrade() -> None:
    op.create_table(
        "rate_policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("tiers", postgresql.JSONB(), nullable=False),
        sa.Column("no_show", postgresql.JSONB(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('cancellation', 'deposit')"),
        sa.ForeignKeyConstraint(
            ["organization_id", "property_id"],
            ["property.organization_id", "property.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("rate_policy_of_property", "rate_policy", ["property_id"], unique=False)
    op.create_table(
        "rate_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("per_adult", sa.Integer(), nullable=False),
        sa.Column("per_child", sa.Integer(), nullable=False),
        sa.Column("round_step", sa.Integer(), nullable=False),
        sa.Column("round_ending", sa.Integer(), nullable=False),
        sa.Column("round_to", sa.String(), nullable=False),
        sa.Column("own_restrictions", sa.Boolean(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.Column("meals", sa.String(), nullable=False),
        sa.Column("room_type_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("min_advance", sa.Integer(), nullable=True),
        sa.Column("max_advance", sa.Integer(), nullable=True),
        sa.Column("channels", sa.ARRAY(sa.Text()), nullable=True),
        sa.Column("markups", postgresql.JSONB(), nullable=False),
        sa.Column("access", sa.String(), nullable=False),
        sa.Column("codes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("cancellation_id", sa.Uuid(), nullable=True),
        sa.Column("deposit_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("access in ('public', 'code')"),
        sa.CheckConstraint("meals in ('none', 'breakfast', 'half_board', 'full_board', 'all_inclusive')"),
        sa.CheckConstraint("round_to in ('nearest', 'up', 'down')"),
        sa.CheckConstraint("parent_id <> id"),
        sa.CheckConstraint("parent_id is not null or (percent = 0 and amount = 0)", name="only_derived_by_formula"),
        sa.CheckConstraint("round_step > 0 and round_ending >= 0 and round_ending < round_step"),
        sa.ForeignKeyConstraint(
            ["organization_id", "cancellation_id"],
            ["rate_policy.organization_id", "rate_policy.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "deposit_id"],
            ["rate_policy.organization_id", "rate_policy.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "parent_id"],
            ["rate_plan.organization_id", "rate_plan.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "property_id"],
            ["property.organization_id", "property.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index(
        "rate_plan_code",
        "rate_plan",
        ["property_id", sa.literal_column("lower(code)")],
        unique=True,
        postgresql_where=sa.text("archived_at is null"),
    )
    op.create_index("rate_plan_of_property", "rate_plan", ["property_id"], unique=False)
    op.create_table(
        "price_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("spans", postgresql.JSONB(), nullable=True),
        sa.Column("weekdays", sa.ARRAY(sa.Integer()), nullable=True),
        sa.Column("room_type_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("rate_plan_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("holidays", sa.String(), nullable=True),
        sa.Column("occupancy_of", sa.String(), nullable=False),
        sa.Column("occupancy_from", sa.Integer(), nullable=True),
        sa.Column("occupancy_below", sa.Integer(), nullable=True),
        sa.Column("days_before", sa.Integer(), nullable=True),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('weekday', 'season', 'holiday', 'event', 'occupancy', 'last_minute')"),
        sa.CheckConstraint("occupancy_of in ('room_type', 'property')"),
        sa.ForeignKeyConstraint(
            ["organization_id", "property_id"],
            ["property.organization_id", "property.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("price_rule_of_property", "price_rule", ["property_id"], unique=False)
    op.create_table(
        "age_band",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_age", sa.Integer(), nullable=False),
        sa.Column("to_age", sa.Integer(), nullable=False),
        sa.CheckConstraint("0 <= from_age and from_age <= to_age and to_age <= 17"),
        sa.ForeignKeyConstraint(
            ["organization_id", "property_id"],
            ["property.organization_id", "property.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("age_band_of_property", "age_band", ["property_id"], unique=False)
    op.create_table(
        "party_price",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("base_adults", sa.Integer(), nullable=False),
        sa.Column("extra_adult", sa.Integer(), nullable=False),
        sa.Column("single_use", sa.Integer(), nullable=False),
        sa.Column("children", postgresql.JSONB(), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("ceiling", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("base_adults >= 1 and extra_adult >= 0 and single_use >= 0"),
        sa.CheckConstraint("floor is null or ceiling is null or floor <= ceiling"),
        sa.ForeignKeyConstraint(
            ["organization_id", "room_type_id"],
            ["room_type.organization_id", "room_type.id"],
        ),
        sa.PrimaryKeyConstraint("room_type_id"),
    )
    op.create_table(
        "rate_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id", "property_id"],
            ["property.organization_id", "property.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "undoes_id"],
            ["rate_change.organization_id", "rate_change.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("rate_change_of_property", "rate_change", ["property_id", "made_at"], unique=False)
    op.create_index(
        "rate_change_undone", "rate_change", ["undoes_id"], unique=True, postgresql_where=sa.text("undoes_id is not null")
    )
    op.create_table(
        "rate_history",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("rate_plan_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("before", postgresql.JSONB(), nullable=False),
        sa.Column("after", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "change_id"],
            ["rate_change.organization_id", "rate_change.id"],
        ),
        sa.PrimaryKeyConstraint("rate_plan_id", "room_type_id", "night", "change_id"),
    )
    op.create_index("rate_history_of_change", "rate_history", ["change_id"], unique=False)
    op.create_table(
        "rate_night",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("rate_plan_id", sa.Uuid(), nullable=False),
        sa.Column("room_type_id", sa.Uuid(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("price", sa.Integer(), nullable=True),
        sa.Column("min_stay", sa.Integer(), nullable=True),
        sa.Column("max_stay", sa.Integer(), nullable=True),
        sa.Column("min_stay_arrival", sa.Integer(), nullable=True),
        sa.Column("max_stay_arrival", sa.Integer(), nullable=True),
        sa.Column("closed", sa.Boolean(), nullable=True),
        sa.Column("closed_arrival", sa.Boolean(), nullable=True),
        sa.Column("closed_departure", sa.Boolean(), nullable=True),
        sa.Column("min_advance", sa.Integer(), nullable=True),
        sa.Column("max_advance", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("min_advance >= 0 and max_advance >= 0 and min_advance <= max_advance", name="advance_within"),
        sa.CheckConstraint("min_stay <= max_stay and min_stay_arrival <= max_stay_arrival", name="min_within_max"),
        sa.CheckConstraint("min_stay >= 1 and max_stay >= 1 and min_stay_arrival >= 1 and max_stay_arrival >= 1"),
        sa.CheckConstraint("price >= 0"),
        sa.ForeignKeyConstraint(
            ["organization_id", "rate_plan_id"],
            ["rate_plan.organization_id", "rate_plan.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "room_type_id"],
            ["room_type.organization_id", "room_type.id"],
        ),
        sa.PrimaryKeyConstraint("rate_plan_id", "room_type_id", "night"),
    )
    op.create_table(
        "rate_book",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("default_plan_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id", "default_plan_id"],
            ["rate_plan.organization_id", "rate_plan.id"],
        ),
        sa.ForeignKeyConstraint(
            ["organization_id", "property_id"],
            ["property.organization_id", "property.id"],
        ),
        sa.PrimaryKeyConstraint("property_id"),
    )
    op.create_table(
        "tax",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("on_fixed", sa.Boolean(), nullable=False),
        sa.Column("from_age", sa.Integer(), nullable=False),
        sa.Column("nights_most", sa.Integer(), nullable=True),
        sa.Column("exempt_from_nights", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind in ('percent','per_room','per_night','per_person','per_person_night','per_booking')"),
        sa.CheckConstraint("percent >= 0 and amount >= 0 and (kind = 'percent') = (amount = 0 and percent > 0)"),
        sa.CheckConstraint("from_age between 0 and 18 and nights_most >= 1 and exempt_from_nights >= 1"),
        sa.ForeignKeyConstraint(
            ["organization_id", "property_id"],
            ["property.organization_id", "property.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organization_id", "id"),
    )
    op.create_index("tax_of_property", "tax", ["property_id"], unique=False)
    op.add_column("stay", sa.Column("rate_plan_id", sa.Uuid(), nullable=True))
    op.add_column("stay", sa.Column("quote", postgresql.JSONB(), nullable=True))
    op.create_foreign_key(None, "stay", "rate_plan", ["organization_id", "rate_plan_id"], ["organization_id", "id"])
    op.execute(FIRST_PLANS)
    statements = [statement for table in KEPT for statement in protect(table)]
    statements += protect("age_band", "select, insert, update, delete")
    statements += [*protect("rate_change", "select, insert"), *protect("rate_history", "select, insert")]
    for statement in statements:
        op.execute(statement)
