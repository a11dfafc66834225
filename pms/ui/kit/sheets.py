"""The style sheets, in the order they count. A screen with a sheet of its own adds it at the end."""

STYLESHEETS: tuple[str, ...] = (
    "/css/tokens.css",
    "/css/base.css",
    "/css/kit.css",
    "/css/overlay.css",
    "/css/shell.css",
    "/css/door.css",
    "/css/calendar.css",
    "/css/imports.css",
    "/css/rooms.css",
    "/css/rates.css",
    "/css/rate-plans.css",
    "/css/channels.css",
)
