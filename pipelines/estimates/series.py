"""Gated figures as arrays: one `Series` for each place, and the making of estimates from it.

Nothing but `public.indicator_values` is read, so that an estimate made of a series tells no more
than the release does.
"""

from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipelines.estimates.table import Row, Stratum, known
from pipelines.methods.estimates import Estimate, Method

Floats = NDArray[np.float64]
DECIMALS, OTHER_DECIMALS = {"share": 3}, 1


@dataclass(frozen=True, slots=True)
class Chosen:
    """A measure for a method; `mature_days` must have passed since the end of a period."""

    indicator: str
    measure: str
    mature_days: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """A period of an estimate; `end` is the first day after it."""

    kind: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Maker:
    """What is the same in all rows of one method on one series.

    Attributes:
        caveats: keys of the list of caveats, apart by blanks.
        is_blunt: whether its numbers are made from counts of the warehouse that the release does
            not print. Such rows have no counts, and numbers of three decimals where they are
            shares and of one otherwise: beside the published counts, or those of the next day, an
            exact one would tell of a few cases that came late.
    """

    indicator: str
    measure: str
    method: Method
    unit: str
    as_of: date
    stratum: Stratum
    version: str = "1"
    caveats: str = ""
    is_blunt: bool = False

    def row(  # noqa: PLR0913 - the numbers of an estimate
        self,
        period: Period,
        value: float,
        *,
        n: float | None,
        n_events: float | None = None,
        expected: float = np.nan,
        low: float = np.nan,
        high: float = np.nan,
        conf_level: float | None = None,
        ci_method: str = "",
        finding: str = "",
        flags: str = "",
        contrast: str = "",
        measure: str = "",
        unit: str = "",
    ) -> Row:
        """An estimate that has a value."""
        if self.is_blunt:
            n = n_events = None
            decimals = DECIMALS.get(unit or self.unit, OTHER_DECIMALS)
            value, expected, low, high = (
                round(float(each), decimals) for each in (value, expected, low, high)
            )
        estimate = Estimate(
            indicator=self.indicator,
            measure=measure or self.measure,
            method=self.method,
            method_version=self.version,
            period_kind=period.kind,
            period_start=period.start,
            period_end=period.end,
            n=None if n is None else round(n),
            n_events=None if n_events is None else round(n_events),
            value=float(value),
            expected=known(expected),
            low=known(low),
            high=known(high),
            conf_level=conf_level,
            ci_method=ci_method,
            unit=unit or self.unit,
            finding=finding,
            as_of=self.as_of,
            state="ok",
            reason="",
            flags=flags,
            caveats=self.caveats,
        )
        return Row(replace(self.stratum, contrast=contrast), estimate)

    def missing(
        self, period: Period, state: str, reason: str, *, contrast: str = "", measure: str = ""
    ) -> Row:
        """An estimate that could not be made, and why."""
        row = self.row(period, 0.0, n=None, contrast=contrast, measure=measure)
        return replace(row, estimate=replace(row.estimate, value=None, state=state, reason=reason))


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of one measure in one place, T periods in order of time.

    Attributes:
        shown: T, whether the release carries a figure; numbers are NaN where it does not.
        numerator: T, NaN where the measure is no quotient of counts.
        n: T, units that the figure rests on.
    """

    indicator: str
    measure: str
    unit: str
    place: Stratum
    periods: tuple[Period, ...]
    shown: NDArray[np.bool_]
    value: Floats
    numerator: Floats
    denominator: Floats
    n: Floats

    def since_first(self) -> "Series":
        """The series from its first figure on."""
        first = int(np.argmax(self.shown)) if self.shown.any() else len(self.shown)
        return self.part(slice(first, None))

    def unbroken_end(self, most: int) -> "Series":
        """The last periods that all carry a figure, at most so many."""
        gaps = np.flatnonzero(~self.shown)
        start = max(int(gaps[-1]) + 1 if len(gaps) else 0, len(self.shown) - most)
        return self.part(slice(start, None))

    def until(self, day: date) -> "Series":
        """Periods that ended by a day."""
        return self.part(slice(0, sum(period.end <= day for period in self.periods)))

    def part(self, which: slice) -> "Series":
        """Some of the periods."""
        arrays = ("shown", "value", "numerator", "denominator", "n")
        cut = {name: getattr(self, name)[which] for name in arrays}
        return replace(self, periods=self.periods[which], **cut)

    def maker(self, method: Method, as_of: date, *, unit: str = "", caveats: str = "") -> Maker:
        """A maker of estimates of this series."""
        return Maker(
            self.indicator,
            self.measure,
            method,
            unit or self.unit,
            as_of,
            self.place,
            caveats=caveats,
        )


_READ = """
    select
        level, region_code, region_zh, coalesce(region_en, region_zh), period_kind,
        period_start, period_end, unit, state = 'ok' and value is not null,
        value, numerator, denominator, n
    from public.indicator_values
    where
        indicator = ? and measure = ? and level = ? and period_kind = ? and by_name = ''
        and basis = 'as_was'
    order by region_code, period_start
"""


def read_series(
    con: duckdb.DuckDBPyConnection, indicator: str, measure: str, level: str, kind: str
) -> list[Series]:
    """One series for each place of a level, in code order; totals only, regions as they were."""
    rows = con.execute(_READ, [indicator, measure, level, kind]).fetchall()
    by_place = groupby(rows, key=lambda row: row[1])
    return [_series(indicator, measure, list(group)) for _, group in by_place]


def _series(indicator: str, measure: str, rows: list[tuple[Any, ...]]) -> Series:
    last = rows[-1]
    shown = np.array([row[8] for row in rows], dtype=bool)
    numbers = np.array([row[9:] for row in rows], dtype=np.float64)
    numbers[~shown] = np.nan
    return Series(
        indicator=indicator,
        measure=measure,
        unit=last[7],
        place=Stratum(*last[:4]),
        periods=tuple(Period(*row[4:7]) for row in rows),
        shown=shown,
        value=numbers[:, 0],
        numerator=numbers[:, 1],
        denominator=numbers[:, 2],
        n=numbers[:, 3],
    )
