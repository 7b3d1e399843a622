"""Places compared with what chance and their usual spread explain; never ranked.

For each share a funnel (observed over expected at the rate of all places together), one at the rate
of the places of like volume, and one at the rate that the mix of a place's cases leads to expect
where that is known; the ratios of the first shrunken, shrunken shares, and year by year how unequal
these are. Counties are compared with each other, and cities, each where enough are published; how
unequal places are is told of the finest alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipelines.estimates.case_mix import expected_of_mix
from pipelines.estimates.endings import HORIZON, RESOLVED, WITHIN
from pipelines.estimates.series import Chosen, Floats, Maker, Period, Series, read_series
from pipelines.estimates.table import Row, Stratum
from pipelines.methods.dispersion import theil_of_shrunken
from pipelines.methods.estimates import Method
from pipelines.methods.funnel import NAMED_LEVEL, Funnel, funnel, widened_limits
from pipelines.methods.shrinkage import Shrunken, shrink_ratios, shrink_shares

Ints = NDArray[np.int64]

RATIO = "ratio"
ADJUSTED = "offices_not_persons"
CAVEATS = f"{ADJUSTED} not_adjusted_for_case_mix"
FEWEST = {"county": 20, "city": 8}
FEWEST_EXPECTED, VOLUMES = 5, 3
CONF_LEVEL = 0.95

COMPARED = (
    Chosen(RESOLVED, WITHIN, HORIZON),
    Chosen("ontime_closure_rate", "due_based"),
    Chosen("satisfaction_triple", "rate"),
)


@dataclass(frozen=True, slots=True)
class _Places:
    """P places in one year: trials and successes of each; `is_printed` where the release does.

    `contrast` is what funnels count, whichever of `events` and `failures` is rarer.
    """

    period: Period
    contrast: str
    makers: list[Maker]
    events: Floats
    trials: Floats
    is_printed: NDArray[np.bool_]

    @property
    def rate(self) -> float:
        """Successes of all together, as a share."""
        return float(self.events.sum() / self.trials.sum())

    def part(self, chosen: Ints, method: Method, caveats: str) -> "_Places":
        """Some of the places, for another method."""
        makers = [replace(self.makers[at], method=method, caveats=caveats) for at in chosen]
        cut = {name: getattr(self, name)[chosen] for name in ("events", "trials", "is_printed")}
        return replace(self, makers=makers, **cut)


def compared_places(con: duckdb.DuckDBPyConnection, as_of: date) -> Iterator[Row]:
    """Rows of funnels and `shrinkage` for the last whole year of each share, `dispersion` for all.

    `funnel` expects the rate of all places, `funnel_peers` that of places of like volume (thirds by
    trials), `funnel_case_mix` what channel, class and month of the cases do. A funnel's value is
    the ratio of observed to expected, of successes or of failures, whichever is rarer (`contrast`
    says which); its limits are the 99.8 % ones, widened by the variance between places. The finding
    `beyond` marks the only places to be named. The ratios of `funnel` are shrunken under the
    measure `ratio`, with a 95 % interval, `expected` being their usual value.
    """
    for compared in COMPARED:
        is_finest = True
        for level, fewest in FEWEST.items():
            years = _read(con, compared, level, as_of)
            if years and len(years[-1].makers) >= fewest:
                yield from _last_year(con, compared, level, years[-1])
                for places in years if is_finest else ():
                    if len(places.makers) >= fewest:
                        yield from _unequal(con, places)
                is_finest = False


def _read(
    con: duckdb.DuckDBPyConnection, compared: Chosen, level: str, as_of: date
) -> list[_Places]:
    """The years in which the release carries figures of places, in order of time."""
    until = as_of - timedelta(days=compared.mature_days)
    every = read_series(con, compared.indicator, compared.measure, level, "year")
    by_period: dict[Period, list[tuple[Series, int]]] = {}
    for series in every:
        for at, period in enumerate(series.periods):
            if period.end <= until and series.shown[at] and series.n[at] > 0:
                by_period.setdefault(period, []).append((series, at))
    years = sorted(by_period, key=lambda period: period.start)
    return [_of_year(period, by_period[period], as_of) for period in years]


def _of_year(period: Period, chosen: list[tuple[Series, int]], as_of: date) -> _Places:
    trials = np.array([series.n[at] for series, at in chosen])
    told = np.array([series.numerator[at] for series, at in chosen])
    by_value = np.round(np.array([series.value[at] for series, at in chosen]) * trials)
    events = np.where(np.isnan(told), by_value, told)
    return _Places(
        period=period,
        contrast="events" if 2 * events.sum() <= trials.sum() else "failures",
        makers=[
            series.maker(Method.FUNNEL, as_of, unit="times", caveats=CAVEATS)
            for series, _ in chosen
        ],
        events=events,
        trials=trials,
        is_printed=~np.isnan(told),
    )


def _last_year(
    con: duckdb.DuckDBPyConnection, compared: Chosen, level: str, places: _Places
) -> Iterator[Row]:
    yield from _funnel(places, places.rate, is_shrunken=True)
    yield from _shrunken(places)
    for third in np.array_split(np.argsort(places.trials, kind="stable"), VOLUMES):
        if len(third) >= FEWEST["city"]:
            peers = places.part(np.sort(third), Method.FUNNEL_PEERS, CAVEATS)
            yield from _funnel(peers, peers.rate)
    if compared.indicator == RESOLVED:
        mix = expected_of_mix(con, level, places.period, HORIZON)
        yield from _by_case_mix(places, mix)


def _by_case_mix(places: _Places, mix: Mapping[str, float]) -> Iterator[Row]:
    """A funnel at the shares that the mix of each place leads to expect."""
    every = places.part(np.arange(len(places.makers)), Method.FUNNEL_CASE_MIX, ADJUSTED)
    share = np.array([mix.get(maker.stratum.region_code, np.nan) for maker in every.makers])
    known = np.flatnonzero(~np.isnan(share))
    for at in np.flatnonzero(np.isnan(share)):
        yield every.makers[at].missing(
            places.period, "not_available", "mix_not_known", contrast=places.contrast
        )
    if len(known):
        adjusted, share = every.part(known, Method.FUNNEL_CASE_MIX, ADJUSTED), share[known]
        level = adjusted.events.sum() / (adjusted.trials * share).sum()
        yield from _funnel(adjusted, np.minimum(share * level, 1.0))


def _funnel(places: _Places, share: Floats | float, *, is_shrunken: bool = False) -> Iterator[Row]:
    """A funnel at these expected shares of successes; its ratios shrunken, too, where wanted."""
    is_rare = places.contrast == "events"
    observed = places.events if is_rare else places.trials - places.events
    expected = places.trials * (share if is_rare else 1 - share)
    enough = expected >= FEWEST_EXPECTED
    for at in np.flatnonzero(~enough):
        yield places.makers[at].missing(
            places.period, "too_few", "fewer_than_5_expected", contrast=places.contrast
        )
    if enough.sum() < FEWEST["city"]:
        return
    found = funnel(observed[enough], expected[enough])
    limits = widened_limits(found.expected, found.overdispersion.tau2, NAMED_LEVEL)
    for at, place in enumerate(np.flatnonzero(enough)):
        yield places.makers[place].row(
            places.period,
            found.ratio[at],
            n=places.trials[place],
            n_events=found.observed[at] if places.is_printed[place] else None,
            expected=1.0,
            low=limits.low[at],
            high=limits.high[at],
            conf_level=NAMED_LEVEL,
            ci_method="additive_limits",
            finding="beyond" if found.is_beyond[at] else "",
            contrast=places.contrast,
        )
    if is_shrunken and found.observed.sum() > 0:
        yield from _shrunken_ratios(places, np.flatnonzero(enough), found)


def _shrunken_ratios(places: _Places, chosen: Ints, found: Funnel) -> Iterator[Row]:
    """Ratios of the places of a funnel, each drawn towards that of all as far as it is small."""
    makers = [replace(places.makers[at], measure=RATIO, method=Method.SHRINKAGE) for at in chosen]
    shrunken = shrink_ratios(found.observed, found.expected, CONF_LEVEL)
    for maker, row in zip(makers, _numbers(places, chosen, found.observed, shrunken), strict=True):
        yield maker.row(places.period, **row, ci_method="gamma_poisson", contrast=places.contrast)


def _numbers(
    places: _Places, chosen: Ints, events: Floats, shrunken: Shrunken
) -> Iterator[dict[str, Any]]:
    """What the rows of shrunken values say of each of the chosen places."""
    for at, place in enumerate(chosen):
        yield {
            "value": shrunken.value[at],
            "n": places.trials[place],
            "n_events": events[at] if places.is_printed[place] else None,
            "expected": shrunken.prior_mean,
            "low": shrunken.low[at],
            "high": shrunken.high[at],
            "conf_level": CONF_LEVEL,
        }


def _shrink(places: _Places) -> Shrunken | None:
    """Shrunken shares; none where all trials ended alike."""
    try:
        return shrink_shares(places.events, places.trials, CONF_LEVEL)
    except ValueError:
        return None


def _shrunken(places: _Places) -> Iterator[Row]:
    found = _shrink(places)
    if found is None:
        return
    makers = [replace(maker, method=Method.SHRINKAGE, unit="share") for maker in places.makers]
    every = np.arange(len(makers))
    for maker, row in zip(makers, _numbers(places, every, places.events, found), strict=True):
        yield maker.row(places.period, **row, ci_method="beta_binomial")


def _unequal(con: duckdb.DuckDBPyConnection, places: _Places) -> Iterator[Row]:
    """Theil's T of the shrunken shares; its interval is that of draws from their posteriors."""
    whole, found = whole_area(con), _shrink(places)
    if whole is None or found is None:
        return
    cities = _city_numbers(con, [maker.stratum.region_code for maker in places.makers])
    theils = theil_of_shrunken(found, places.events, places.trials, cities, conf_level=CONF_LEVEL)
    first = places.makers[0]
    maker = replace(first, method=Method.DISPERSION, unit="theil", stratum=whole)
    parts = theils if len(set(cities)) < len(cities) else ("total",)
    for part in parts:
        yield maker.row(
            places.period,
            theils[part].value,
            n=len(places.makers),
            low=theils[part].low,
            high=theils[part].high,
            conf_level=CONF_LEVEL,
            ci_method="posterior_draws",
            contrast=part,
        )


def _city_numbers(con: duckdb.DuckDBPyConnection, regions: list[str]) -> Ints:
    """The number of the city of each region; a city is its own."""
    found = con.execute(
        "select region_code, max_by(coalesce(city_code, region_code), valid_from) "
        "from geo.regions group by region_code"
    ).fetchall()
    city = dict(found)
    return np.unique([city.get(region, region) for region in regions], return_inverse=True)[
        1
    ].astype(np.int64)


def whole_area(con: duckdb.DuckDBPyConnection) -> Stratum | None:
    """The one province of the home; none where there are several or no province."""
    found = con.execute(
        """
        select region_code, max_by(name_zh, valid_from), max_by(name_en, valid_from)
        from geo.regions where level = 'province' group by region_code
        """
    ).fetchall()
    return Stratum("province", *found[0]) if len(found) == 1 else None
