"""The list of amenities, managed in a dialog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import reflex as rx

from pms.properties.amenities import add_amenity, remove_amenity, rename_amenity
from pms.ui.kit import at
from pms.ui.rooms.state import Rooms
from pms.ui.shell import handler
from pms.ui.shell.box import Box


@dataclass(frozen=True)
class NewName:
    """What something is to be called."""

    amenity_name: str


@dataclass(frozen=True)
class OtherName:
    """What it is to be called from now on."""

    renamed: str


class AmenityBox(Box, rx.State):
    """`row` is the amenity being renamed, `leaving` the one that may be removed."""

    leaving: str = ""

    @handler
    async def manage(self) -> Any:
        """Open the list."""
        self.leaving = ""
        self._begin()
        return at("amenity_name")

    @handler
    async def close(self) -> None:
        """Close it."""
        self._end()
        self.row = self.leaving = ""

    @handler
    async def add(self, form: NewName) -> None:
        """One more to choose from."""
        if await self._try(add_amenity, form.amenity_name, fields={"name": "amenity_name"}):
            self.serial += 1
            await self._again()

    @handler
    async def rename(self, amenity: UUID) -> Any:
        """Open one name for typing."""
        self.row, self.leaving, self.errors = str(amenity), "", {}
        return at("renamed")

    @handler
    async def save(self, form: OtherName) -> None:
        """Call it that, everywhere."""
        if self.row and await self._try(rename_amenity, UUID(self.row), form.renamed, fields={"name": "renamed"}):
            self.row = ""
            await self._again()

    @handler
    async def ask(self, amenity: UUID) -> None:
        """One more question before it goes."""
        self.leaving, self.row, self.errors = str(amenity), "", {}

    @handler
    async def never_mind(self) -> None:
        """Neither rename nor remove."""
        self.leaving, self.row, self.errors = "", "", {}

    @handler
    async def remove(self, amenity: UUID) -> None:
        """Take it off the list, and off every room type."""
        if await self._try(remove_amenity, amenity):
            self.leaving = ""
            await self._again()

    async def _again(self) -> None:
        rooms = await self.get_state(Rooms)
        if rooms._house:
            await rooms._show()
