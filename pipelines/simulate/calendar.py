"""The days of the invented province: weekends, holidays, Lunar New Year and the pace of work.

Day numbers count from 2003-01-01 = 0 and run three years past the last day that exports see, so
that every case can be followed to its end for the truth. The holidays are the province's own:
fixed days, no shifted working days.
"""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from pipelines.settings import SHIPPED_REFERENCE
from pipelines.simulate.scenario import START, Flags, Floats, Ints

FOLLOW_UP_DAYS = 1096
MONDAY, SATURDAY = 0, 5

# Phases of Lunar New Year: first and last day counted from the first day of the year.
LNY_PHASES = {"before": (-14, -2), "holiday": (-1, 6), "after": (7, 20)}
LNY_SLOW_DAYS = 10
FIXED_HOLIDAYS = (
    ((1, 1), 1, "元旦", "New Year's Day"),
    ((5, 1), 3, "劳动节", "Labour Day"),
    ((10, 1), 7, "国庆节", "National Day"),
)
LNY_NAME = ("春节", "Spring Festival")

# Share of a working day's output that is done on a closed day, and in the days before the New Year.
PACE_CLOSED, PACE_BEFORE_LNY = 0.03, 0.8


@dataclass(frozen=True, slots=True)
class Calendar:
    """Arrays over day numbers (length = seen days + three years)."""

    seen: int
    weekday: Ints
    month: Ints
    year: Ints
    lny_phase: dict[str, Flags]
    is_closed: Flags
    pace: Floats

    @property
    def days(self) -> int:
        """Days followed, seen or not."""
        return len(self.weekday)

    def next_open(self, day: Ints) -> Ints:
        """The given day, or the first later one on which offices are open."""
        opens = np.flatnonzero(~self.is_closed)
        return opens[np.searchsorted(opens, day)]


def day_number(day: date) -> int:
    """Days since 2003-01-01."""
    return (day - START).days


@cache
def lunar_new_years() -> tuple[date, ...]:
    """First days of the lunar years 2003 to 2035."""
    path = SHIPPED_REFERENCE / "lunar_new_year.csv"
    with path.open(encoding="utf-8") as file:
        return tuple(date.fromisoformat(row["new_year_on"]) for row in csv.DictReader(file))


def build_calendar(until: date) -> Calendar:
    """The calendar of a world whose exports see `until`."""
    seen = day_number(until) + 1
    dates = np.arange(seen + FOLLOW_UP_DAYS) + np.datetime64(START, "D")
    weekday = (dates.astype(np.int64) + 3) % 7
    year = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    month = dates.astype("datetime64[M]").astype(np.int64) % 12 + 1
    phases = {name: _lny_window(len(dates), *span) for name, span in LNY_PHASES.items()}
    closed = weekday >= SATURDAY
    for first, length, _, _ in holidays(START.year, int(year[-1])):
        start = day_number(first)
        closed[max(start, 0) : max(start + length, 0)] = True
    pace = np.where(closed, PACE_CLOSED, 1.0)
    pace[_lny_window(len(dates), -LNY_SLOW_DAYS, -2) & ~closed] = PACE_BEFORE_LNY
    return Calendar(seen, weekday, month, year, phases, closed, pace)


def holidays(first_year: int, last_year: int) -> list[tuple[date, int, str, str]]:
    """The holidays of some years: first day, length in days, name in Chinese and in English."""
    found = [
        (date(year, *month_day), length, zh, en)
        for year in range(first_year, last_year + 1)
        for month_day, length, zh, en in FIXED_HOLIDAYS
    ]
    first, last = LNY_PHASES["holiday"]
    found += [
        (new_year + timedelta(days=first), last - first + 1, *LNY_NAME)
        for new_year in lunar_new_years()
        if first_year <= new_year.year <= last_year
    ]
    return sorted(found)


def _lny_window(days: int, first: int, last: int) -> Flags:
    window = np.zeros(days, dtype=np.bool_)
    for new_year in lunar_new_years():
        start = day_number(new_year)
        window[max(start + first, 0) : max(start + last + 1, 0)] = True
    return window
