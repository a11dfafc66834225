"""What a person decides about themselves: language, name, password."""

from __future__ import annotations

from pms.accounts import passwords
from pms.accounts.models import Person
from pms.accounts.people import clean_name, person_id
from pms.accounts.sessions import end_sessions
from pms.accounts.two_factor import WrongPassword
from pms.kernel.db import Db
from pms.kernel.outbox import record
from pms.kernel.refusals import BadInput
