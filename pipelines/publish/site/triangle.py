"""Late registration, as a triangle: what each month was first said to be, and what it became.

A row is a month, a column the age of its figure: months from the end of the period to the last day
of the data behind it. Young months have not reached the later columns, hence the shape. Beside it,
how much the figures of every indicator moved by age. Both are made of `quality.vintages` alone,
where what would give away a few late records is hidden already.
"""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from pipelines.publish.site.forms.flow import FlowBlock, FlowCell, FlowTable
from pipelines.publish.site.wording import Period, Speaker, signed

AGES = ((0, 1), (2, 3), (4, 6), (7, 12), (13, 24), (25, 999))  # months, both ends in
INDICATOR = "submission_count"
LONGEST = 18
SHADES = (0.001, 0.005, 0.01, 0.02, 0.05)  # from each of these sizes on the shade is a step darker
UNCHANGED = 0.0005  # rounds to 0.0%

# The last vintage within each age that the figure has reached; `no` 1 is as first published.
_KNOWN = """
    with
        told as (
            select *, min(months_later) over cell as first_months
            from quality.vintages
            window cell as (partition by
                indicator, measure, level, region_code, period_kind, period_start)
        ),
        newest as (select max(data_on) as newest_on from told),
        ages as (select * from (values {ages}) as listed(age, low, high))
    select
        told.indicator, told.period_kind, told.period_start, told.period_end, told.value,
        case when told.vintage_no > 1 then told.revision when told.state = 'ok' then 0 end
            as revision,
        ages.age, ages.low > told.first_months as is_later
    from told cross join newest
    inner join ages
        on ages.high >= told.months_later
        and ages.low <= greatest(
            told.first_months,
            12 * (year(newest_on) - year(period_end)) + month(newest_on) - month(period_end)
        )
    qualify told.vintage_no = max(told.vintage_no) over (partition by
        indicator, measure, level, region_code, period_kind, period_start, age)
""".format(ages=", ".join(f"({age}, {low}, {high})" for age, (low, high) in enumerate(AGES)))

_MONTHS = f"""
    select period_start, period_end, age, value, revision from ({_KNOWN})
    where indicator = '{INDICATOR}' and period_kind = 'month'
    order by period_start desc, age
"""

# What was first published at an age says nothing of revisions at that age.
_SIZES = f"""
    select
        indicator, age, count(*) as figures, count(revision) as compared,
        median(abs(revision)) as size
    from ({_KNOWN})
    where is_later
    group by indicator, age
    order by indicator, age
"""


@dataclass(frozen=True, slots=True)
class Triangle:
    """The triangle, and the sizes of revisions as rows of words under `heads`."""

    table: FlowTable
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def draw_triangle(
    con: duckdb.DuckDBPyConnection, say: Speaker, title: Callable[[str], str]
) -> Triangle | None:
    """The triangle of a release; None where no figure is older than when it was first published.

    Args:
        con: the release, with its table `quality.vintages`.
        say: the language.
        title: the title of an indicator by its id.
    """
    sizes: dict[str, dict[int, tuple[int, int, float | None]]] = {}
    for indicator, age, figures, compared, size in con.execute(_SIZES).fetchall():
        sizes.setdefault(indicator, {})[age] = (figures, compared, size)
    if not sizes:
        return None
    names = tuple(_age(say, *ends) for ends in AGES)
    months: dict[Period, dict[int, FlowCell]] = {}
    for start, end, age, value, revision in con.execute(_MONTHS).fetchall():
        month = Period("month", start, end)
        if month in months or len(months) < LONGEST:
            months.setdefault(month, {})[age] = _cell(say, value, revision)
    block = FlowBlock(
        title(INDICATOR),
        tuple(
            (
                say.period(month),
                tuple(cells.get(age, FlowCell("", "", 0)) for age in range(len(AGES))),
            )
            for month, cells in months.items()
        ),
    )
    rows = tuple(
        (title(indicator), *(_size(by_age.get(age)) for age in range(1, len(AGES))))
        for indicator, by_age in sizes.items()
    )
    table = FlowTable(say.say("triangle.CORNER"), names, (block,))
    heads = (say.say("site.COLUMN_INDICATOR"), *names[1:])
    return Triangle(table, heads, rows)


def _age(say: Speaker, low: int, high: int) -> str:
    key = "triangle.OVER" if (low, high) == AGES[-1] else "triangle.AGE"
    return say.say(key, low=low, high=high, before=low - 1)


def _cell(say: Speaker, value: float | None, revision: float | None) -> FlowCell:
    """A month at one age: its figure, and under it how much that is off the first."""
    if value is None:
        return FlowCell("[c]", "", 0)
    moved = "" if revision is None or abs(revision) < UNCHANGED else f"{100 * revision:+.1f}%"
    shade = sum(abs(revision or 0) >= least for least in SHADES)
    return FlowCell(say.number(value, ""), signed(moved), shade)


def _size(told: tuple[int, int, float | None] | None) -> str:
    """The usual size of a revision, with the number of figures compared."""
    if told is None:
        return "–"
    figures, compared, size = told
    return f"[c] (0/{figures})" if size is None else f"{100 * size:.1f}% ({compared}/{figures})"
