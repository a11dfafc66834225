"""Where the real hotel's file is, if it is here: OCTASPACE_REAL_HOTEL, or `../shared/data/` beside the repository.

The data are public: Antonio, Almeida, Nunes, "Hotel booking demand datasets", Data in Brief 22 (2019).
"""

from __future__ import annotations

import os
from pathlib import Path

PLACES = (
    Path(os.environ.get("OCTASPACE_REAL_HOTEL") or "/nowhere"),
    Path(__file__).parents[1].parent / "shared" / "data" / "resort_hotel_bookings.csv.zip",
)
FOUND = [place for place in PLACES if place.is_file()][:1]
