"""The published figures, as the site reads them: `indicator_values` and `estimates` of `public`.

A `Value` is one row of one of these tables. What a reader sees of a row without a figure is decided
here, once: its mark (`[c]`, `[x]`, `[z]`) and the letter that stands for it in a file.
"""

from dataclasses import dataclass
from datetime import date
from typing import cast

import duckdb


@dataclass(frozen=True, slots=True)
class Value:
    """One published number; `period_end` is the day after the period.

    Attributes:
        expected: what an estimate is held against; `finding` what its method says of it.
    """

    indicator: str
    measure: str
    level: str
    region_code: str
    region_zh: str
    region_en: str
    period_kind: str
    period_start: date
    period_end: date
    by_name: str
    by_value: str
    numerator: int | None
    denominator: int | None
    value: float | None
    low: float | None
    high: float | None
    conf_level: float | None
    n: int | None
    unit: str
    state: str
    reason: str
    flags: str
    coverage: str
    expected: float | None = None
    finding: str = ""

    @property
    def is_shown(self) -> bool:
        """Whether the row carries a figure."""
        return self.state == "ok" and self.value is not None

    @property
    def flag(self) -> str:
        """Letters for a file: `c`, `x`, `z` for a row without a figure, else its own flags."""
        if self.state == "hidden":
            return "c"
        if self.state == "not_available":
            return "x" if self.coverage == "none" or "received" in self.reason else "z"
        return self.flags

    @property
    def mark(self) -> str:
        """What stands in place of a figure: `[c]`, `[x]`, `[z]`; empty where a word is needed."""
        return f"[{self.flag}]" if self.state in {"hidden", "not_available"} else ""

    def part(self, name: str) -> float | None:
        """The figure, or one of its two terms: `value`, `numerator` or `denominator`."""
        if not self.is_shown:
            return None
        return cast("float | None", getattr(self, name))


COLUMNS = tuple(Value.__dataclass_fields__)
NUMBERS = ("numerator", "denominator", "value", "low", "high", "conf_level", "n")
_TEXTS = ("region_en", "reason", "flags", "coverage", "by_name", "by_value")


def _selected(name: str) -> str:
    """A column as it is read: a row without a figure has no numbers, whatever lies beside it."""
    if name in NUMBERS:
        return f"case when state = 'ok' then {name} end as {name}"
    return f"coalesce({name}, '') as {name}" if name in _TEXTS else name


_OF_ESTIMATES = ("expected", "finding")
_SELECT = ", ".join(_selected(name) for name in COLUMNS if name not in _OF_ESTIMATES)

# An estimate's contrast stands where a figure's breakdown does; it has no terms of its own.
_ESTIMATE = {
    "by_name": "case when contrast <> '' then 'contrast' else by_name end",
    "by_value": "case when contrast <> '' then contrast else by_value end",
    "numerator": "null",
    "denominator": "null",
    "coverage": "''",
    "region_en": "coalesce(region_en, '')",
}
_SELECT_ESTIMATES = ", ".join(f"{_ESTIMATE.get(name, name)} as {name}" for name in COLUMNS)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows: one indicator's measures at one level and kind of period, maybe broken down."""

    indicator: str
    measure: str
    level: str = "province"
    period_kind: str = "year"
    by_name: str = ""


@dataclass(frozen=True, slots=True)
class EstimateSelection:
    """Which estimates: what one method says of one measure at one level."""

    method: str
    indicator: str
    measure: str
    level: str = "province"


class Figures:
    """Reads rows of `public.indicator_values`, always in the order region, category, time."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con

    def rows(self, selection: Selection) -> list[Value]:
        """Every row of a selection."""
        found = self._con.execute(
            f"select {_SELECT} from public.indicator_values where basis = 'as_was'"
            " and indicator = ? and measure = ? and level = ? and period_kind = ? and by_name = ?"
            " order by region_code, by_value, period_start",
            [
                selection.indicator,
                selection.measure,
                selection.level,
                selection.period_kind,
                selection.by_name,
            ],
        ).fetchall()
        return [Value(*row) for row in found]

    def estimates(self, selection: EstimateSelection) -> list[Value]:
        """Every estimate of a selection; none where the release holds no such table."""
        if not self._has_estimates():
            return []
        found = self._con.execute(
            f"select {_SELECT_ESTIMATES} from public.estimates"
            " where method = ? and indicator = ? and measure = ? and level = ?"
            " order by region_code, contrast, by_value, period_start",
            [selection.method, selection.indicator, selection.measure, selection.level],
        ).fetchall()
        return [Value(*row) for row in found]

    def is_examined(self, method: str, indicator: str, level: str) -> bool:
        """Whether a method has said anything of an indicator on a level."""
        if not self._has_estimates():
            return False
        [(said,)] = self._con.execute(
            "select count(value) from public.estimates"
            " where method = ? and indicator = ? and level = ?",
            [method, indicator, level],
        ).fetchall()
        return said > 0

    def _has_estimates(self) -> bool:
        held = self._con.execute(
            "select count(*) from information_schema.tables"
            " where table_schema = 'public' and table_name = 'estimates'"
        ).fetchall()
        return held != [(0,)]

    def measures(self, indicator: str) -> list[str]:
        """The measures that an indicator has rows for, by name."""
        found = self._con.execute(
            "select distinct measure from public.indicator_values where indicator = ? order by 1",
            [indicator],
        ).fetchall()
        return [row[0] for row in found]

    def whole_area(self) -> tuple[str, str, str]:
        """Code and names of the one region on the highest level; empty where there are several.

        A home of many provinces has no whole, and one province must not be taken for it.
        """
        found = self._con.execute(
            "select region_code, max_by(region_zh, period_start),"
            " max_by(coalesce(region_en, region_zh), period_start)"
            " from public.indicator_values where level = 'province' group by region_code"
        ).fetchall()
        return (found[0][0], found[0][1], found[0][2]) if len(found) == 1 else ("", "", "")
