"""Composition root: the Reflex app, its screens, the HTTP application, what runs beside them. Nothing else."""

from __future__ import annotations

from pms.api.app import http
from pms.kernel.words import N_
from pms.ui import account, blocks, channels, exchange_rates, imports, keys, properties, rate_plans, rate_sheets, rooms, team
from pms.ui.calendar.page import SCREEN as CALENDAR
from pms.ui.door.invitation import Invitation, invitation_page
from pms.ui.door.new_password import NewPassword, new_password_page
from pms.ui.door.not_found import not_found_page
from pms.ui.door.set_up import set_up_page
from pms.ui.door.set_up_state import SetUpForm
from pms.ui.door.sign_in import sign_in_page
from pms.ui.kit import loading
from pms.ui.rates.page import SCREEN as RATES
from pms.ui.shell import Screen, add_door, add_screen, make_app
from pms.ui.shell.live import keep_live

SCREENS = (
    Screen("/", N_("Start"), loading),
    CALENDAR,
    RATES,
    rate_plans.SCREEN,
    rate_sheets.SCREEN,
    exchange_rates.SCREEN,
    channels.SCREEN,
    blocks.SCREEN,
    rooms.SCREEN,
    properties.SCREEN,
    imports.SCREEN,
    team.SCREEN,
    keys.SCREEN,
    account.SCREEN,
)

app = make_app(http)
for screen in SCREENS:
    add_screen(app, screen)
add_door(app, "/sign-in", N_("Sign in"), sign_in_page)
add_door(app, "/setup", N_("Set up"), set_up_page, SetUpForm.load)
add_door(app, "/invitation", N_("Invitation"), invitation_page, Invitation.load)
add_door(app, "/new-password", N_("New password"), new_password_page, NewPassword.load)
add_door(app, "404", N_("There is no such page"), not_found_page)
app.register_lifespan_task(keep_live)
