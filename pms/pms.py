"""Composition root: the Reflex app, its screens, the HTTP application, what runs beside them. Nothing else."""

from __future__ import annotations

from pms.api.app import http
from pms.kernel.words import N_
from pms.ui.kit import t
from pms.ui.shell import Screen, add_screen, make_app
from pms.ui.shell.layout import page_head
from pms.ui.shell.live import keep_live

app = make_app(http)
add_screen(app, Screen("/", N_("Octaspace"), lambda: page_head(t("Octaspace"))))
app.register_lifespan_task(keep_live)
