"""How long cases wait: curves of all outcomes, groups compared, and what offices add to chance.

Reads counts of the warehouse by how long cases lasted and how they ended. Its rule of disclosure is
the gate's: at least so many units and events behind each number, none or at least k events between
two points of a curve, and no number of a group that the gate hides. The counts themselves are not
printed: the release has them as they were when their year was closed, and the difference to those
of today would be a count of what came late.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipelines.estimates.endings import HORIZON, IS_ENDED, RESOLVED, WITHIN
from pipelines.estimates.places import whole_area
from pipelines.estimates.series import Maker, Period
from pipelines.estimates.table import Row, Stratum
from pipelines.methods.bootstrap import cluster_bootstrap, incidence_within
from pipelines.methods.estimates import Method
from pipelines.methods.group_differences import difference, log_rank
from pipelines.methods.intervals import Band
from pipelines.methods.survival import COMPETING, EVENT, OPEN, Estimates, aalen_johansen
from pipelines.privacy.policy import Policy

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

CURVE, DIFFERENCE = Method.RESOLUTION_CURVE, Method.GROUP_DIFFERENCE
OFFICES = Method.OFFICE_BOOTSTRAP
MEAN = "rmst_90"
GRID = (0, 7, 15, 30, 60, 90, 180, 365)
MEAN_DAYS, LONGEST = 90, 366
YEARS_OF_CURVES = 2
FEWEST_OFFICES = 10
CONF_LEVEL = 0.95
OUTCOMES = ("resolved", "not_accepted", "withdrawn", "transferred_out", "terminated")
STILL_OPEN, OTHERWISE = "still_open", "ended_otherwise"
GROUPS = {"channel": "channel", "tier_received": "tier_received"}

# A case that its office's exports could show no change of is not watched; ends follow the curves
# of the indicators.
_ENDINGS = """
    with
        watched as (
            select
                {keys},
                {is_ended} as is_ended,
                outcome,
                date_diff(
                    'day', registered_on,
                    case when is_ended then closed_on else seen_until_on end
                ) as lasted
            from model.case_timelines
            where registered_on >= date '{first}' and registered_on < date '{end}'
        )
    select
        {names},
        cast(least(lasted, {longest}) as bigint) as days,
        case when is_ended and lasted < {longest} then outcome else '' end as ended_as,
        cast(count(*) as bigint) as cases
    from watched where lasted >= 0
    group by all order by all
"""


@dataclass(frozen=True, slots=True)
class _Endings:
    """Counts of cases: `key` tells groups apart, `how` is an outcome, empty for open."""

    key: NDArray[Any]
    days: Ints
    how: NDArray[Any]
    cases: Ints

    def where(self, which: Bools) -> "_Endings":
        return _Endings(self.key[which], self.days[which], self.how[which], self.cases[which])

    def size(self, which: Bools) -> int:
        return int(self.cases[which].sum())

    def coded(self, events: Sequence[str]) -> Ints:
        """How each row ended, for the curve of these outcomes."""
        is_event = np.isin(self.how, events)
        return np.where(is_event, EVENT, np.where(self.how == "", OPEN, COMPETING)).astype(np.int64)


def waiting_times(con: duckdb.DuckDBPyConnection, as_of: date, policy: Policy) -> Iterator[Row]:
    """Rows of the province; cohorts are the years of registration.

    `resolution_curve`: by day since registration the share still open (Kaplan–Meier) and the share
    that had ended in each way (Aalen–Johansen), for the last two years that all were watched 90
    days. `group_difference`: resolved within 60 days, in points, and mean days without resolution,
    one channel or tier less all others; the log-rank test of all groups as a row of its own.
    `office_bootstrap`: the share resolved within 60 days of each year, with the interval that
    remains when whole offices are drawn anew.
    """
    whole = whole_area(con)
    [(first,)] = con.execute("select min(registered_on) from model.case_timelines").fetchall()
    if whole is None or first is None:
        return
    for period in _told_years(con, first, as_of - timedelta(days=MEAN_DAYS))[-YEARS_OF_CURVES:]:
        yield from _curves(con, period, as_of, policy, whole)
    for period in _told_years(con, first, as_of - timedelta(days=MEAN_DAYS))[-1:]:
        for by in GROUPS:
            yield from _differences(con, by, period, as_of, policy, whole)
    for period in _told_years(con, first, as_of - timedelta(days=HORIZON)):
        yield from _by_offices(con, period, as_of, policy, whole)


def _told_years(con: duckdb.DuckDBPyConnection, first: date, until: date) -> list[Period]:
    """Whole years up to a day, without those of which the release tells no share resolved."""
    years = (
        Period("year", date(y, 1, 1), date(y + 1, 1, 1)) for y in range(first.year, until.year)
    )
    told = {year: _published_groups(con, "", year) for year in years}
    return [year for year, groups in told.items() if groups is None or groups]


def _read(con: duckdb.DuckDBPyConnection, key: str, period: Period, longest: int) -> _Endings:
    keys = f"{key} as key" if key else "'' as key"
    sql = _ENDINGS.format(
        keys=keys,
        names="key",
        is_ended=IS_ENDED,
        first=period.start,
        end=period.end,
        longest=longest,
    )
    found: Mapping[str, Any] = con.execute(sql).fetchnumpy()
    key_, days, how, cases = (
        np.asarray(found[name]) for name in ("key", "days", "ended_as", "cases")
    )
    return _Endings(key_, days.astype(np.int64), how, cases.astype(np.int64))


def _curves(
    con: duckdb.DuckDBPyConnection, period: Period, as_of: date, policy: Policy, whole: Stratum
) -> Iterator[Row]:
    """Points of the curves of one cohort; a point is printed of all outcomes or of none."""
    ends = _read(con, "", period, LONGEST)
    total, closed = ends.cases.sum(), ends.size(ends.how != "")
    caveats = "any_outcome_closes resolved_is_the_offices_word"
    maker = Maker(CURVE, STILL_OPEN, CURVE, "share", as_of, whole, "2", caveats, is_blunt=True)
    if total < policy.curve_min_units or closed < policy.curve_min_events:
        yield maker.missing(period, "too_few", "fewer_than_curves_need")
        return
    shown = _shown_outcomes(ends, policy.k)
    days = _printed_days(ends, shown, policy.k)
    strata = np.zeros(len(ends.days), dtype=np.int64)
    for name, events in {STILL_OPEN: OUTCOMES, **shown}.items():
        found = aalen_johansen(
            strata, ends.days, ends.coded(events), ends.cases, horizons=days, conf_level=CONF_LEVEL
        )
        for day in days:
            share = found.within[day]
            numbers = share.value[0], share.low[0], share.high[0]
            if name == STILL_OPEN:
                numbers = 1 - numbers[0], 1 - numbers[2], 1 - numbers[1]
            stratum = replace(whole, by_name="day", by_value=str(day))
            yield replace(maker, measure=name, stratum=stratum).row(
                period,
                numbers[0],
                n=None,
                low=numbers[1],
                high=numbers[2],
                conf_level=CONF_LEVEL,
                ci_method="log_log",
                flags="p" if period.end + timedelta(days=day) > as_of else "",
            )


def _steps(ends: _Endings, events: Sequence[str]) -> Ints:
    """Ends of these outcomes up to each day of the grid, after the day before it."""
    inside = np.isin(ends.how, events) & (ends.days <= GRID[-1])
    place = np.searchsorted(GRID, ends.days[inside])
    return np.bincount(place, ends.cases[inside], len(GRID)).astype(np.int64)


def _shown_outcomes(ends: _Endings, k: int) -> dict[str, tuple[str, ...]]:
    """Outcomes with curves of their own; those with a small step are told together."""
    steps = {name: _steps(ends, (name,)) for name in OUTCOMES}
    found = [name for name in OUTCOMES if steps[name].any()]
    small = tuple(name for name in found[1:] if steps[name][steps[name] > 0].min() < k)
    own = {name: (name,) for name in found if name not in small}
    return own | ({OTHERWISE: small} if small else {})


def _printed_days(ends: _Endings, shown: Mapping[str, tuple[str, ...]], k: int) -> tuple[int, ...]:
    """Days by which each curve took no step or one of k ends, and with k cases still watched."""
    since = np.zeros(len(shown), dtype=np.int64)
    steps = np.array([_steps(ends, events) for events in shown.values()])
    days: list[int] = []
    for at, day in enumerate(GRID):
        since += steps[:, at]
        is_watched = ends.size(ends.days > day) >= k
        if is_watched and ((since == 0) | (since >= k)).all():
            days.append(day)
            since[:] = 0
    return tuple(days)


def _differences(  # noqa: PLR0913, PLR0917 - where its rows belong
    con: duckdb.DuckDBPyConnection,
    by: str,
    period: Period,
    as_of: date,
    policy: Policy,
    whole: Stratum,
) -> Iterator[Row]:
    """One group less all others, in shares and in days; the test as a footnote."""
    ends = _read(con, GROUPS[by], period, LONGEST)
    ends = ends.where(np.array([bool(key) for key in ends.key], dtype=bool))
    codes = sorted(set(ends.key.tolist()))
    told = [code for code in codes if _may_be_told(ends, ends.key == code, policy)]
    published = _published_groups(con, by, period)
    if published is not None:
        told = [code for code in told if code in published]
    elif told != codes:
        told = []
    caveats = "not_adjusted_for_case_mix"
    maker = Maker(RESOLVED, WITHIN, DIFFERENCE, "point", as_of, whole, "2", caveats, is_blunt=True)
    if len(codes) < 2 or not told:
        stratum = replace(whole, by_name=by)
        yield replace(maker, stratum=stratum).missing(period, "too_few", "groups_too_small")
        return
    for code in told:
        stratum = replace(whole, by_name=by, by_value=code)
        yield from _difference(ends, code, replace(maker, stratum=stratum), period)
    number = {code: at for at, code in enumerate(codes)}
    group = np.array([number[key] for key in ends.key], dtype=np.int64)
    test = log_rank(group, ends.days, ends.how == "resolved", ends.cases)
    yield replace(maker, stratum=replace(whole, by_name=by)).row(
        period,
        test.statistic,
        n=None,
        expected=test.freedom,
        measure="log_rank",
        unit="chi_square",
    )


def _may_be_told(ends: _Endings, inside: Bools, policy: Policy) -> bool:
    """Whether a group and all others have enough units, and enough that did and did not end."""
    is_event = _in_time(ends)
    sizes = [ends.size(which) for which in (inside, ~inside)]
    parts = [ends.size(which & at) for which in (inside, ~inside) for at in (is_event, ~is_event)]
    return min(sizes) >= policy.curve_min_units and min(parts) >= policy.k


def _in_time(ends: _Endings) -> Bools:
    return (ends.how == "resolved") & (ends.days <= HORIZON)


def _published_groups(
    con: duckdb.DuckDBPyConnection, by: str, period: Period
) -> frozenset[str] | None:
    """Groups of which the release prints the same share, the empty one for the total of all.

    None where the release has no row of such a breakdown.
    """
    found = con.execute(
        """
        select by_value, state = 'ok' from public.indicator_values
        where indicator = ? and measure = ? and by_name = ? and level = 'province'
            and period_kind = ? and period_start = ? and basis = 'as_was'
        """,
        [RESOLVED, WITHIN, by, period.kind, period.start],
    ).fetchall()
    return frozenset(code for code, is_shown in found if is_shown) if found else None


def _difference(ends: _Endings, code: str, maker: Maker, period: Period) -> Iterator[Row]:
    found = aalen_johansen(
        np.where(ends.key == code, 0, 1).astype(np.int64),
        ends.days,
        ends.coded(("resolved",)),
        ends.cases,
        horizons=(HORIZON,),
        rmst_horizons=(MEAN_DAYS,),
        conf_level=CONF_LEVEL,
    )
    for measure, unit, scale, curves in (
        (WITHIN, "point", 100, found.within[HORIZON]),
        (MEAN, "day", 1, found.restricted_mean[MEAN_DAYS]),
    ):
        (value, band), (other, other_band) = (_end(curves, at) for at in (0, 1))
        gap = difference(value, band, other, other_band)
        low, high = float(scale * gap.low[0]), float(scale * gap.high[0])
        yield maker.row(
            period,
            float(scale * (value - other)[0]),
            n=None,
            expected=0.0,
            low=low,
            high=high,
            conf_level=CONF_LEVEL,
            ci_method="square_and_add",
            finding="" if low <= 0 <= high else "above" if low > 0 else "below",
            measure=measure,
            unit=unit,
        )


def _end(curves: Estimates, at: int) -> tuple[NDArray[np.float64], Band]:
    part = slice(at, at + 1)
    return curves.value[part], Band(curves.low[part], curves.high[part])


def _by_offices(
    con: duckdb.DuckDBPyConnection, period: Period, as_of: date, policy: Policy, whole: Stratum
) -> Iterator[Row]:
    """The share resolved within 60 days when whole offices are drawn with replacement."""
    ends = _read(con, "office_id", period, HORIZON + 1)
    caveats = "offices_not_persons"
    maker = Maker(RESOLVED, WITHIN, OFFICES, "share", as_of, whole, "3", caveats, is_blunt=True)
    offices, number = np.unique(ends.key.astype(str), return_inverse=True)
    total, resolved = ends.cases.sum(), ends.size(ends.how == "resolved")
    if not total:
        return
    if len(offices) < FEWEST_OFFICES or not _may_be_pooled(total, resolved, policy):
        yield maker.missing(period, "too_few", "fewer_than_10_offices")
        return
    ended_as = np.where(ends.how == "resolved", 0, np.where(ends.how == "", 2, 1))
    counts = np.zeros((len(offices), 3, HORIZON + 2))
    np.add.at(counts, (number, ended_as, ends.days), ends.cases)
    found = cluster_bootstrap(
        counts, lambda drawn: incidence_within(drawn, HORIZON), conf_level=CONF_LEVEL
    )
    yield maker.row(
        period,
        float(found.value),
        n=None,
        low=float(found.low),
        high=float(found.high),
        conf_level=CONF_LEVEL,
        ci_method=OFFICES,
    )


def _may_be_pooled(total: int, resolved: int, policy: Policy) -> bool:
    return total >= policy.curve_min_units and min(resolved, total - resolved) >= policy.k
