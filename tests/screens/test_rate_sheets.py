"""A spreadsheet of rates out of the house and in again, as people do it."""

from __future__ import annotations

from uuid import UUID

from playwright.sync_api import Page, Route, expect

from tests.screens.test_shell import CONTRAST, NAMELESS


def test_rates_go_out_come_back_changed_and_are_taken_back(desk: Page, seaside: UUID) -> None:
    desk.goto("/rates/import")
    expect(desk.get_by_role("heading", name="Import and export rates")).to_be_visible()
    desk.get_by_label("First night").fill("2027-06-01")
    desk.get_by_label("Last night").fill("2027-06-02")
    desk.get_by_label("Format").select_option("csv")
    assert desk.evaluate(NAMELESS) == []
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Download").and_(desk.locator("[href*='to=2027-06-02'][href*='format=csv']")).click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + 2 * 2 * 2
    own, first = lines[1].split(","), lines[3].split(",")
    assert (own[:3], first[:3]) == (["Double", "", "2027-06-01"], ["Double", "FLEX", "2027-06-01"])

    changed = "\n".join([lines[0], ",".join([*first[:3], "130.50", *first[4:]]), lines[4].replace("Double", "Cabin")])
    field = desk.get_by_label("Choose a file with rates")
    field.set_input_files({"name": "june.csv", "mimeType": "text/csv", "buffer": changed.encode()})
    expect(desk.get_by_role("heading", name="june.csv")).to_be_visible()
    expect(desk.get_by_text("price — → €130.50")).to_be_visible()
    expect(desk.get_by_text("There is no room type of this name.")).to_be_visible()
    assert desk.evaluate(CONTRAST) == []
    assert desk.evaluate(NAMELESS) == []
    desk.get_by_role("button", name="Change the rates").click()
    expect(desk.get_by_text("The rates are changed.")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("1 night is as it was.")).to_be_visible()


def test_what_is_no_sheet_is_said_at_the_field(desk: Page) -> None:
    desk.goto("/rates/import")
    field = desk.get_by_label("Choose a file with rates")
    field.set_input_files({"name": "cat.png", "mimeType": "image/png", "buffer": b"\x89PNG\x00\x00"})
    expect(desk.get_by_role("alert").filter(has_text="neither a CSV nor an XLSX")).to_be_visible()


def test_a_span_that_is_too_long_is_said_on_the_page(desk: Page, seaside: UUID) -> None:
    desk.goto("/rates/import")
    desk.get_by_label("First night").fill("2027-06-01")
    desk.get_by_label("Last night").fill("2029-06-01")
    desk.get_by_role("link", name="Download").and_(desk.locator("[href*='to=2029-06-01']")).click()
    expect(desk.get_by_role("alert").filter(has_text="Ask for 1 to 400 nights at a time.")).to_be_visible()
    expect(desk.get_by_role("heading", name="Import and export rates")).to_be_visible()


def test_a_file_on_its_way_shows_a_bar(desk: Page, seaside: UUID) -> None:
    held: list[Route] = []
    desk.route("**/files/rates?*", lambda route: held.append(route))
    desk.goto("/rates/import")
    sheet = {"name": "slow.csv", "mimeType": "text/csv", "buffer": b"room_type,plan,date,price\nDouble,FLEX,2027-06-01,9\n"}
    desk.get_by_label("Choose a file with rates").set_input_files(sheet)
    expect(desk.get_by_role("progressbar", name="Sent")).to_be_visible()
    held[0].continue_()
    expect(desk.get_by_role("heading", name="slow.csv")).to_be_visible()
    expect(desk.get_by_role("progressbar", name="Sent")).to_have_count(0)
