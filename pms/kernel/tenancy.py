"""Row-level security, as SQL for migrations: whose rows a transaction sees is decided by PostgreSQL, not by a WHERE.

The application works as `octaspace_app`, which owns nothing and sees the rows of `app.organization_id` only; no organization
set, no rows. `octaspace_door` reads accounts before the organization is known; `octaspace_relay` hands on the journal.
"""

from pms.kernel.db import APP_ROLE, DOOR_ROLE, RELAY_ROLE

_SET = "nullif(current_setting('app.organization_id', true), '')::uuid"
THIS_ORGANIZATION = f"(select {_SET})"
"""Behind "select", so that PostgreSQL asks once per statement and not once per row, which took a third of a large read."""


def roles() -> list[str]:
    """Create the three roles where they are missing, and let the migrating user act as them.

    Roles belong to the cluster, not the database: another database of ours may have made them, or be making them now.
    """
    created = " ".join(
        f"begin create role {role} nologin; exception when duplicate_object or unique_violation then null; end;"
        for role in (APP_ROLE, DOOR_ROLE, RELAY_ROLE)
    )
    return [
        f"do $$ begin perform pg_advisory_xact_lock(7205759403); {created} end $$",
        *(f"grant {role} to current_user" for role in (APP_ROLE, DOOR_ROLE, RELAY_ROLE)),
        *(f"grant usage on schema public to {role}" for role in (APP_ROLE, DOOR_ROLE, RELAY_ROLE)),
    ]


def protect(table: str, verbs: str = "select, insert, update", key: str = "organization_id") -> list[str]:
    """Force row-level security on a tenant table and let the application do `verbs` to its own rows."""
    return [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
        f'create policy tenant on "{table}" to {APP_ROLE} using ({key} = {THIS_ORGANIZATION}) with check ({key} = {_SET})',
        f'grant {verbs} on "{table}" to {APP_ROLE}',
    ]


def open_to(role: str, table: str, verbs: str) -> list[str]:
    """Let the door or the relay do `verbs` to all rows of a protected table."""
    return [
        f'create policy {role} on "{table}" to {role} using (true) with check (true)',
        f'grant {verbs} on "{table}" to {role}',
    ]
