"""Every table of the house, for Alembic and the tests."""

from sqlmodel import SQLModel

from pms.accounts import models as accounts
from pms.channels import models as channels
from pms.channels.calendars import models as calendars
from pms.imports import models as imports
from pms.inventory import models as inventory
from pms.kernel import tables as kernel
from pms.properties import models as properties
from pms.rates import models as rates
from pms.reservations import models as reservations

metadata = SQLModel.metadata
__all__ = [
    "accounts",
    "calendars",
    "channels",
    "imports",
    "inventory",
    "kernel",
    "metadata",
    "properties",
    "rates",
    "reservations",
]
