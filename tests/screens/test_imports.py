"""A file into the house, as people do it: chosen, looked at, imported, followed in two windows."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from playwright.sync_api import Page, expect

from pms.imports import run
from pms.imports.drive import run_to_end
from pms.imports.queries import imports_of
from pms.kernel.db import work
from tests.builders import Cast
from tests.domains.imports.test_import import TODAY, a_file, a_line, busy_weeks
from tests.screens.test_shell import CONTRAST, NAMELESS


def test_a_file_is_tried_imported_and_followed_live(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    desk, colleague = sign_in(cast.olga), sign_in(cast.olga)
    for page in (desk, colleague):
        page.goto("/imports")
        expect(page.get_by_text("Nothing imported yet")).to_be_visible()
    content = busy_weeks(40) + (a_line("X", TODAY, adults="nobody") + "\n").encode()
    desk.get_by_label("Choose a file with bookings").set_input_files(
        {"name": "bookings.csv", "mimeType": "text/csv", "buffer": content}
    )
    expect(desk.get_by_role("heading", name="bookings.csv")).to_be_visible()
    expect(desk.get_by_label("Format")).to_have_value("octaspace_csv")
    expect(colleague.get_by_role("cell", name="Not started")).to_be_visible()
    assert desk.evaluate(NAMELESS) == []

    desk.get_by_role("button", name="Check without importing").click()
    expect(desk.get_by_text("A number of persons cannot be read.")).to_be_visible()
    assert desk.evaluate(CONTRAST) == []
    desk.get_by_role("button", name="Import", exact=True).click()
    expect(desk.get_by_text("1 of 41 rows")).to_be_visible()

    with work(cast.olga) as db:
        import_id = imports_of(db, seaside)[0].import_id
        run.advance(db, import_id, run.load(db, import_id), rows=20)
    expect(desk.get_by_text("21 of 41 rows")).to_be_visible()
    run_to_end(cast.olga, import_id)
    expect(desk.get_by_text("41 of 41 rows")).to_be_visible()
    expect(colleague.get_by_role("cell", name="Done")).to_be_visible()

    with desk.expect_download() as download:
        desk.get_by_role("link", name="Download all as CSV").click()
    assert "nobody" in download.value.path().read_text()


def test_what_is_no_csv_is_said_at_the_field(desk: Page) -> None:
    desk.goto("/imports")
    field = desk.get_by_label("Choose a file with bookings")
    field.set_input_files({"name": "cat.png", "mimeType": "image/png", "buffer": b"\x89PNG\x00\x00"})
    expect(desk.get_by_role("alert").filter(has_text="This is not a CSV file")).to_be_visible()
    field.set_input_files({"name": "b.csv", "mimeType": "text/csv", "buffer": a_file([a_line("A", TODAY)])})
    expect(desk.get_by_role("heading", name="b.csv")).to_be_visible()


def test_the_front_desk_is_shown_no_import(sign_in: Callable[..., Page], cast: Cast, seaside: UUID) -> None:
    page = sign_in(cast.rita)
    page.goto("/imports")
    expect(page.get_by_label("Choose a file with bookings")).to_have_count(0)
    expect(page.get_by_role("link", name="Import bookings")).to_have_count(0)
