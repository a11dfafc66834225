"""Who may post here from a browser: our own pages. A cookie alone proves nothing, browsers add it to anybody's form."""

from __future__ import annotations

from fastapi import Request

from pms.kernel.refusals import Refusal
from pms.settings import settings


class ForeignOrigin(Refusal):
    sentence = "This was not sent from a page of ours. Open Octaspace and try again."
    status = 403


def own_origin(request: Request) -> None:
    """A dependency of whatever acts by cookie. Refuses `ForeignOrigin`, also where the browser does not say."""
    if request.headers.get("origin") not in settings().allowed_origins:
        raise ForeignOrigin()
