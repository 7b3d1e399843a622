"""The address of a published figure, and the row of a release that it names.

An address is `INDICATOR[.MEASURE]/REGION/PERIOD[/BREAKDOWN=VALUE]`, for instance
`resolution_time_median.p50/990100/2025-Q3/channel=letter`: no character of it means anything to a
shell. The measure is the headline where it is left out, a region is a code or a name, and a period
is `2025`, `2025-Q3`, `2025-03` or `2025-ytd`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import duckdb

from pipelines.words import UserError

EXIT_USAGE = 2
MOST_NAMED = 12
KEY = (
    *("indicator", "measure", "level", "region_code", "period_kind", "period_start"),
    *("by_name", "by_value"),
)
TERMS = ("n", "numerator", "denominator", "value")
PERIOD = """case period_kind
    when 'month' then strftime(period_start, '%Y-%m')
    when 'quarter' then concat(year(period_start), '-Q', quarter(period_start))
    when 'ytd' then concat(year(period_start), '-ytd')
    else cast(year(period_start) as varchar) end"""
BREAKDOWN = "case when by_name = '' then '' else concat(by_name, '=', by_value) end"


@dataclass(frozen=True, slots=True)
class Address:
    """What was asked for; empty where it was left out."""

    indicator: str
    measure: str
    region: str
    period: str
    breakdown: str

    @classmethod
    def read(cls, text: str) -> "Address":
        """The parts of an address.

        Raises:
            UserError: it has not the three or four parts of an address.
        """
        parts = text.strip().split("/", 3)
        if len(parts) < 3 or not all(parts):
            raise UserError("explain.NO_ADDRESS", exit_code=EXIT_USAGE, figure=text)
        indicator, _, measure = parts[0].partition(".")
        return cls(indicator, measure, parts[1], parts[2], "".join(parts[3:]))


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of `public.indicator_values` and its full address."""

    address: str
    row: dict[str, Any]

    @property
    def is_hidden(self) -> bool:
        """Whether the gate hid it."""
        return self.row["state"] == "hidden"

    @property
    def told(self) -> dict[str, Any]:
        """The row as readers may be told it: of a hidden figure nothing but what names it."""
        names = (*KEY, "region_zh", "region_en", "period_end", "unit", "state")
        return {name: self.row[name] for name in names} if self.is_hidden else self.row

    @property
    def is_shown(self) -> bool:
        """Whether there is a number."""
        return self.row["state"] == "ok"

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from every other figure of a release."""
        return tuple(self.row[name] for name in KEY)

    @property
    def terms(self) -> tuple[object, ...]:
        """Its numbers: `TERMS`."""
        return tuple(self.row[name] for name in TERMS)


def find_figure(con: duckdb.DuckDBPyConnection, release: str, address: Address) -> Figure:
    """The one figure that an address names.

    Args:
        con: the database of the release.
        release: its id, for messages.
        address: what was asked for.

    Raises:
        UserError: the release has no such indicator, measure, region, breakdown or period (the
            nearest ones are named), or the region's name is that of several.
    """
    known = _column(con, "select indicator from dictionary.indicators order by all", [])
    _demand("INDICATOR", address.indicator, known, release)
    measures = _column(
        con,
        "select measure from dictionary.measures where indicator = ? order by position",
        [address.indicator],
    )
    measure = address.measure or measures[0]
    _demand("MEASURE", measure, measures, release)
    given: list[object] = [address.indicator, measure]
    regions = con.execute(
        "select distinct region_code, region_zh, region_en from public.indicator_values "
        "where indicator = ? and measure = ? order by all",
        given,
    ).fetchall()
    codes = {code for code, *names in regions if address.region in {code, *names}}
    _demand("REGION", address.region, [str(n) for row in regions for n in row if n], release)
    rest = "from public.indicator_values where indicator = ? and measure = ? and "
    rest += f"region_code in (select unnest(?)) and {BREAKDOWN} = ?"
    given += [sorted(codes), address.breakdown]
    breakdowns = _column(
        con, f"select distinct {BREAKDOWN} {rest.rpartition(' and ')[0]} order by all", given[:-1]
    )
    _demand("BREAKDOWN", address.breakdown, breakdowns, release)
    periods = _column(con, f"select distinct {PERIOD} {rest} order by all", given)
    _demand("PERIOD", address.period, periods, release)
    found = con.execute(f"select * {rest} and {PERIOD} = ? order by all", [*given, address.period])
    names = [column[0] for column in found.description or ()]
    figures = [
        _figure(dict(zip(names, row, strict=True)), address.period) for row in found.fetchall()
    ]
    if len(figures) > 1:
        raise UserError(
            "explain.AMBIGUOUS",
            exit_code=EXIT_USAGE,
            figure=address.region,
            near=", ".join(figure.address for figure in figures[:MOST_NAMED]),
        )
    return figures[0]


def _figure(row: dict[str, Any], period: str) -> Figure:
    parts = [f"{row['indicator']}.{row['measure']}", row["region_code"], period]
    parts += [f"{row['by_name']}={row['by_value']}"] if row["by_name"] else []
    return Figure("/".join(parts), row)


def _column(con: duckdb.DuckDBPyConnection, sql: str, given: list[object]) -> list[str]:
    return [str(row[0]) for row in con.execute(sql, given).fetchall()]


def _demand(part: str, asked: str, known: Sequence[str], release: str) -> None:
    """Refuse a part of an address that is not known, with what is most like it."""
    if asked in known:
        return
    if not known:
        part = "FIGURES"
    near = get_close_matches(asked, known, n=5, cutoff=0.5) or list(known)[-MOST_NAMED:]
    raise UserError(
        f"explain.NO_{part}",
        exit_code=EXIT_USAGE,
        asked=asked,
        release=release,
        near=", ".join(name or "-" for name in near),
    )
