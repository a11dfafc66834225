"""Every local OTA, by the name of its adapter."""

from collections.abc import Callable, Mapping

from tests.channels.channex import FakeChannex
from tests.channels.fake import FakeOta

OTAS: Mapping[str, Callable[[], FakeOta]] = {"channex": FakeChannex}
