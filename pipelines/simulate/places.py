"""The invented province: places that never change, and the codes they carry through time.

A *place* is the smallest territory that no boundary change ever divides. A county consists of one
place or of several; a merger, split, carve-out or transfer moves a place from one code to another.
What happens (trouble, visits, speed) happens to places, so the truth is continuous across
boundary changes while the codes in the exports are not.
"""

import csv
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipelines.settings import SHIPPED_REFERENCE
from pipelines.simulate.calendar import day_number
from pipelines.simulate.scenario import Flags, Floats, Ints

FICTIONAL = SHIPPED_REFERENCE / "fictional"
PROVINCE_OFFICE = 0
HIGH_COURT = "C00"  # the cities' courts follow it in the list of offices


@dataclass(frozen=True, slots=True)
class Places:
    """The places and what they belong to. Arrays with two axes are [place, day].

    Attributes:
        share: relative size of the place within an ordinary county of 1.
        city: number of the city, from 0.
        code: index into `codes` of the county code that is valid there on the day.
        host: place where that county has its seat on the day (its largest place).
        codes: county codes in order.
        offices: office ids: the province, the cities in order, then county offices.
        office_of_code: index into `offices` of the office of each county code.
        office_regions: region code of each office.
    """

    share: Floats
    city: Ints
    code: Ints
    host: Ints
    codes: tuple[str, ...]
    offices: tuple[str, ...]
    office_of_code: Ints
    office_regions: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many places there are."""
        return len(self.share)

    @property
    def cities(self) -> int:
        """How many cities there are."""
        return int(self.city.max()) + 1

    @property
    def seats(self) -> Flags:
        """True on [place, day] where the place is the seat of a county."""
        return self.host == np.arange(self.count)[:, None]

    def in_city(self, city: int) -> Ints:
        """The places of a city."""
        return np.flatnonzero(self.city == city)

    def city_office(self, city: int) -> int:
        """Index into `offices` of a city's office, which is also the sender of its files."""
        return PROVINCE_OFFICE + 1 + city


def load_places(days: int) -> Places:
    """Read the fictional places and offices and lay their codes out over `days` days."""
    rows = _rows(FICTIONAL / "places.csv")
    names = sorted({row["place"] for row in rows})
    codes = tuple(sorted({row["code"] for row in rows}))
    offices = _rows(FICTIONAL / "offices.csv")
    share = np.zeros(len(names))
    city = np.zeros(len(names), dtype=np.int64)
    code = np.full((len(names), days), -1, dtype=np.int64)
    for row in rows:
        place = names.index(row["place"])
        share[place] = float(row["share"])
        city[place] = int(row["code"][2:4]) - 1
        code[place, _span(row, days)] = codes.index(row["code"])
    ids = [row["office_id"] for row in offices]
    office_codes = [row["region_code"] for row in offices]
    return Places(
        share=share,
        city=city,
        code=code,
        host=_hosts(code, share),
        codes=codes,
        offices=tuple(ids),
        office_of_code=np.array([office_codes.index(c) for c in codes], dtype=np.int64),
        office_regions=tuple(office_codes),
    )


def _hosts(code: Ints, share: Floats) -> Ints:
    """For each place and day, the largest place that carries the same code on that day."""
    host = np.empty_like(code)
    changes = np.flatnonzero((np.diff(code, axis=1) != 0).any(axis=0)) + 1
    bounds = [0, *changes.tolist(), code.shape[1]]
    largest_first = np.argsort(-share, kind="stable")
    for start, end in pairwise(bounds):
        now = code[:, start]
        present, first = np.unique(now[largest_first], return_index=True)
        seat = largest_first[first]
        host[:, start:end] = seat[np.searchsorted(present, now)][:, None]
    return host


def _span(row: dict[str, str], days: int) -> slice:
    start = day_number(date.fromisoformat(row["valid_from"])) if row["valid_from"] else 0
    end = day_number(date.fromisoformat(row["valid_to"])) if row["valid_to"] else days
    return slice(start, end)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))
