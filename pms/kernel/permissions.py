"""What a person may do: permission names, and the roles as sets of them."""

PERMISSIONS = frozenset(
    {
        "organization.manage",
        "members.manage",
        "api_keys.manage",
        "property.view",
        "property.manage",
        "reservation.view",
        "reservation.book",
        "reservation.change",
        "reservation.cancel",
        "reservation.check_in",
        "reservation.oversell",
        "block.manage",
        "guest.view",
        "guest.change",
        "report.view",
        "journal.view",
        "import.run",
        "rate.change",
        "rate.manage",
        "rate.override",
        "channel.manage",
    }
)

_DESK = frozenset(
    {
        "property.view",
        "reservation.view",
        "reservation.book",
        "reservation.change",
        "reservation.cancel",
        "reservation.check_in",
        "block.manage",
        "guest.view",
        "guest.change",
        "rate.override",
    }
)

ROLES: dict[str, frozenset[str]] = {
    "owner": PERMISSIONS,
    "manager": PERMISSIONS - {"organization.manage"},
    "front_desk": _DESK,
    "housekeeping": frozenset({"property.view", "reservation.view", "block.manage"}),
    "accountant": frozenset({"property.view", "reservation.view", "guest.view", "report.view", "journal.view"}),
}
