"""Places that are called as a person could be: 江山 is a county, and 江 is a family name.

The names come from the region files of the home, whole, short and alias. Whether those files are
right is for `reference.py`, what a name means on a day for `place_names.py`; here it only counts
that a value that is exactly such a name is no person's.
"""

import csv
from collections.abc import Iterator
from contextlib import suppress

from pipelines.ingest.folding import folded
from pipelines.ingest.personal import is_no_office
from pipelines.ingest.place_names import SHORTENED
from pipelines.ingest.reference import region_files
from pipelines.settings import Home, Settings

COLUMNS = ("name_zh", "alias")


def namesakes(home: Home, settings: Settings) -> frozenset[str]:
    """The names of places, folded, that the patterns of `personal.py` would take for a person's.

    Args:
        home: the home, whose region files win over the shipped ones.
        settings: which region set it has.
    """
    names = {form for name in _names(home, settings) for form in (name, _short(name))}
    return frozenset(name for name in names if is_no_office(name))


def _names(home: Home, settings: Settings) -> Iterator[str]:
    for path in region_files(home, settings):
        # A file that cannot be read is named when the regions are loaded.
        with (
            suppress(OSError, csv.Error),
            path.open(encoding="utf-8-sig", errors="replace", newline="") as file,
        ):
            for row in csv.DictReader(file):
                yield from (folded(row[column]) for column in COLUMNS if row.get(column))


def _short(name: str) -> str:
    return name[:-1] if len(name) > len("某市") and name.endswith(SHORTENED) else name
