"""The gate: no indicator reaches `public` but through here.

For each indicator: read the cells (`cells`), write down the sums that a reader knows
(`relations`), decide the totals, then each breakdown with the totals as given (`mask`), and write
what is left. Tables of different indicators are not judged together here; single small tables are
in `counts`.
"""

from collections.abc import Iterator, Mapping

import duckdb
import numpy as np

from pipelines.privacy.cells import (
    CURVES,
    Bools,
    Cells,
    Definition,
    GateError,
    number_places,
    read_cells,
)
from pipelines.privacy.curves import SHARE, read_shares
from pipelines.privacy.judge import Case, GateReport, judge_all
from pipelines.privacy.policy import Policy
from pipelines.privacy.relations import Tree, read_tree

CHECK = ("gate_proven", "indicator_values")
OF = "#"  # between an indicator and a share of it that is judged by itself


def apply_gate(  # noqa: PLR0913 - one entry, and how it is done
    con: duckdb.DuckDBPyConnection,
    indicators: Mapping[str, Definition],
    policy: Policy,
    published: duckdb.DuckDBPyRelation | None = None,
    workers: int = 1,
    *,
    revise: bool = False,
) -> GateReport:
    """Write `public.indicator_values` from `indicators.indicator_values`.

    Args:
        con: the staging database, with `geo.regions`.
        indicators: the header of every indicator in the table.
        policy: the thresholds.
        published: rows that were published before, a relation of the same connection with
            indicator, measure, level, region_code, period_kind, period_start, period_end, by_name,
            by_value and is_shown; what was shown cannot be hidden any more.
        revise: whether rows that were published may change. If not, a year without new rows is
            left as it is.
        workers: processes that judge indicators side by side.

    Returns:
        Counts of what was shown and hidden.

    Raises:
        GateError: an indicator has no header, or two rows claim the same place.
    """
    number_places(con)
    tree = read_tree(con)
    _list_published(con, published)
    con.execute(
        "create or replace temp table gate_hidden "
        "(indicator VARCHAR, value_no BIGINT, region_no BIGINT, period_no BIGINT)"
    )
    cases = [
        case
        for name in _guarded(con, indicators)
        for case in _read_cases(con, indicators[name], tree, policy, is_final=not revise)
    ]
    verdicts = judge_all(cases, workers)
    of_layers: dict[str, Bools] = {}  # a share is hidden with those of the layers before its own
    for case, verdict in zip(cases, verdicts, strict=True):
        indicator, _, share = case.indicator.partition(OF)
        hidden = verdict.hidden | of_layers.get(indicator, False)
        of_layers |= {indicator: hidden} if share else {}
        _note_hidden(con, case, hidden)
    linked_in_public = _hide_linked(con, policy)
    reports = [verdict.report for verdict in verdicts]
    _write(con, [name for name, each in sorted(indicators.items()) if each.kind in CURVES])
    return GateReport(
        shown=sum(report.shown for report in reports),
        primary=sum(report.primary for report in reports),
        complementary=sum(report.complementary for report in reports),
        withheld=tuple(name for report in reports for name in report.withheld),
        unproven=sum(report.unproven for report in reports) + linked_in_public,
    )


def _guarded(con: duckdb.DuckDBPyConnection, indicators: Mapping[str, Definition]) -> Iterator[str]:
    """The indicators with closed rows whose cells have a rule."""
    there = con.execute("select distinct indicator from gate_values order by 1").fetchall()
    for (name,) in there:
        if name not in indicators:
            raise GateError(f"{name}: without a header the gate cannot judge it")
        if indicators[name].cell != "none":
            yield name


def _read_cases(
    con: duckdb.DuckDBPyConnection,
    definition: Definition,
    tree: Tree,
    policy: Policy,
    *,
    is_final: bool,
) -> Iterator[Case]:
    """An indicator, and after it the layers of its shares where it is a curve that has some."""
    cells = read_cells(con, definition, policy)
    is_old = _among(con, "true", [definition.id], cells) & is_final
    shown = _among(con, "is_shown", [definition.id], cells)
    yield Case(definition.id, cells, shown, is_old, tree, policy)
    for layer, shares in read_shares(con, definition, policy, cells):
        names = [f"{definition.id}{OF}{measure}" for measure in layer]
        shown = _among(con, "is_shown", names, shares)
        yield Case(names[-1], shares, shown, is_old, tree, policy)


def _note_hidden(con: duckdb.DuckDBPyConnection, case: Case, hidden: Bools) -> None:
    """Add the hidden places of an indicator to `gate_hidden`."""
    import pyarrow as pa  # noqa: PLC0415 - heavy

    cells = case.cells
    places = pa.table(
        {
            "value_no": cells.value[hidden],
            "region_no": cells.region[hidden],
            "period_no": cells.period[hidden],
        }
    )
    con.register("gate_places", places)
    con.execute("insert into gate_hidden select ?, * from gate_places", [case.indicator])
    con.unregister("gate_places")


# A hidden total is hidden with all its parts, which would add up to it.
_LINKED = """
    create or replace temp table gate_linked as
    select distinct
        other.indicator, other.value_no, hidden.region_no, hidden.period_no,
        (other.indicator, other.value_no, hidden.region_no, hidden.period_no) in (
            select (indicator, value_no, region_no, period_no) from gate_published where is_shown
        ) as is_public
    from gate_hidden as hidden
    inner join gate_values as own
        on own.indicator = hidden.indicator and own.value_no = hidden.value_no
    inner join gate_values as other
        on other.indicator = ? and (
            own.by_name = '' or (other.by_name = own.by_name and other.by_value = own.by_value)
        )
    where hidden.indicator = ?
        and (other.indicator, other.value_no, hidden.region_no, hidden.period_no) not in (
            select (indicator, value_no, region_no, period_no) from gate_hidden
        )
"""


def _hide_linked(con: duckdb.DuckDBPyConnection, policy: Policy) -> int:
    """Hide of the linked indicators what is hidden of the one whose counts they print again.

    Every mask closes by itself, and a reader who is shown less can work out no more.

    Returns:
        Cells that tell what is hidden elsewhere and cannot be hidden: they are public already.
    """
    in_public = 0
    for name, others in policy.linked.items():
        for other in others:
            con.execute(_LINKED, [other, name])
            con.execute(
                "insert into gate_hidden select * exclude (is_public) from gate_linked "
                "where not is_public"
            )
            [(found,)] = con.execute(
                "select count(*) filter (where is_public) from gate_linked"
            ).fetchall()
            in_public += found
    return in_public


def _list_published(
    con: duckdb.DuckDBPyConnection, published: duckdb.DuckDBPyRelation | None
) -> None:
    con.execute(
        "create or replace temp table gate_published (indicator VARCHAR, value_no BIGINT, "
        "region_no BIGINT, period_no BIGINT, is_shown BOOLEAN)"
    )
    if published is None:
        return
    published.create_view("gate_published_rows")
    con.execute(
        f"""insert into gate_published
        select distinct
            unnest(if(
                regexp_full_match(measure, '{SHARE}'),
                [indicator, indicator || '{OF}' || measure], [indicator]
            )),
            value_no, region_no, period_no, is_shown
        from gate_published_rows
        inner join gate_values using (indicator, by_name, by_value)
        inner join gate_regions using (level, region_code)
        inner join gate_periods using (period_kind, period_start, period_end)"""
    )
    con.execute("drop view gate_published_rows")


def _among(con: duckdb.DuckDBPyConnection, condition: str, names: list[str], cells: Cells) -> Bools:
    """The cells that have a published row with `condition` under each of the names."""
    found = con.execute(
        f"select value_no, region_no, period_no from gate_published "
        f"where list_contains(?, indicator) and {condition} "
        "group by all having count(distinct indicator) = ?",
        [names, len(names)],
    ).fetchnumpy()
    number = cells.at[found["value_no"], found["region_no"], found["period_no"]]
    among = np.zeros(len(cells), dtype=np.bool_)
    among[number[number >= 0]] = True
    return among


# Rows and places by number, because names and figures of several million rows are dear to copy.
_MARKED = f"""
    create or replace temp table gate_marked as
    with
        series as (
            select
                indicator, measure, row_number() over (order by indicator, measure) as series_no,
                list_contains(?, indicator) as is_curve,
                if(
                    is_curve and regexp_full_match(measure, '{SHARE}'),
                    indicator || '{OF}' || measure, ''
                ) as share
            from (select distinct indicator, measure from indicators.indicator_values)
        )
    select
        rows.rowid as row_no, series_no, is_curve,
        gate_values.value_no, gate_regions.region_no, gate_periods.period_no,
        hidden.indicator is not null or hidden_shares.indicator is not null as is_hidden,
        state = 'ok' and not is_hidden as is_figure
    from indicators.indicator_values as rows
    inner join series using (indicator, measure)
    inner join gate_values using (indicator, by_name, by_value)
    inner join gate_regions using (level, region_code)
    inner join gate_periods using (period_kind, period_start, period_end)
    left join gate_hidden as hidden
        on hidden.indicator = rows.indicator and hidden.value_no = gate_values.value_no
        and hidden.region_no = gate_regions.region_no
        and hidden.period_no = gate_periods.period_no
    left join gate_hidden as hidden_shares
        on hidden_shares.indicator = share and hidden_shares.value_no = gate_values.value_no
        and hidden_shares.region_no = gate_regions.region_no
        and hidden_shares.period_no = gate_periods.period_no
    where rows.is_closed
"""

# A change is shown only between two shown figures: with one of them it would tell the other.
_PUBLIC = """
    create or replace table public.indicator_values as
    with
        figures as (
            select series_no, value_no, region_no, period_no
            from gate_marked
            where is_figure
        ),
        periods as (
            select
                period.period_no, earlier.period_no as earlier_no,
                previous.period_no as previous_no,
                row_number() over (order by period.period_kind, period.period_start) as rank
            from gate_periods as period
            left join gate_periods as earlier
                on earlier.period_kind = period.period_kind
                and earlier.period_start = cast(period.period_start - interval 1 year as date)
            left join gate_periods as previous
                on previous.period_kind = period.period_kind
                and previous.period_end = period.period_start
        )
    select
        rows.indicator, rows.measure, rows.level, rows.region_code, rows.region_zh,
        rows.region_en, rows.basis, rows.period_kind, rows.period_start, rows.period_end,
        rows.by_name, rows.by_value,
        case when not is_hidden and not is_curve then rows.numerator end as numerator,
        case when not is_hidden and not is_curve then rows.denominator end as denominator,
        case when not is_hidden then rows.value end as value,
        case when not is_hidden then rows.low end as low,
        case when not is_hidden then rows.high end as high,
        case when not is_hidden then rows.conf_level end as conf_level,
        case when not is_hidden and (rows.state <> 'not_available' or rows.n = 0)
            then rows.n end as n,
        rows.unit,
        case when is_hidden then 'hidden' else rows.state end as state,
        case when is_hidden then '' else rows.reason end as reason,
        case when is_hidden then '' else rows.flags end as flags,
        rows.coverage,
        case when not is_hidden and earlier.series_no is not null
            then rows.change_yoy end as change_yoy,
        case when not is_hidden and previous.series_no is not null
            then rows.change_mom end as change_mom,
        rows.rule_id, rows.vintage
    from indicators.indicator_values as rows
    inner join gate_marked as marked on marked.row_no = rows.rowid
    inner join periods using (period_no)
    {earlier}
    {previous}
    order by marked.series_no, marked.value_no, marked.region_no, rank
"""

_SAME_SERIES = """
    left join figures as {name}
        on {name}.series_no = marked.series_no and {name}.value_no = marked.value_no
        and {name}.region_no = marked.region_no and {name}.period_no = periods.{name}_no
"""


def _write(con: duckdb.DuckDBPyConnection, curves: list[str]) -> None:
    con.execute("create schema if not exists public")
    con.execute(_MARKED, [curves])
    con.execute(
        _PUBLIC.format(
            earlier=_SAME_SERIES.format(name="earlier"),
            previous=_SAME_SERIES.format(name="previous"),
        )
    )
    for name in ("regions", "periods", "values", "hidden", "linked", "published", "marked"):
        con.execute(f"drop table if exists temp.gate_{name}")
