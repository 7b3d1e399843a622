"""Places compared with what chance and their usual spread explain; never ranked.

For each share a funnel (observed over expected at the rate of all places together), the ratios of
its places shrunken, shrunken shares, and year by year how unequal these are. Counties are compared
with each other, and cities, each where enough are published; how unequal places are is told of the
finest alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from pipelines.estimates.series import Chosen, Floats, Maker, Period, Series, read_series
from pipelines.estimates.table import Row, Stratum
from pipelines.methods.dispersion import theil_of_shrunken
from pipelines.methods.funnel import NAMED_LEVEL, Funnel, funnel, widened_limits
from pipelines.methods.shrinkage import Shrunken, shrink_ratios, shrink_shares

Ints = NDArray[np.int64]

FUNNEL, SHRINKAGE, DISPERSION = "funnel", "shrinkage", "dispersion"
RATIO = "ratio"
CAVEATS = "offices_not_persons not_adjusted_for_case_mix"
FEWEST = {"county": 20, "city": 8}
FEWEST_EXPECTED = 5
CONF_LEVEL = 0.95


COMPARED = (
    Chosen("prob_resolved_60d", "within_60", 60),
    Chosen("ontime_closure_rate", "due_based"),
    Chosen("satisfaction_triple", "rate"),
)


@dataclass(frozen=True, slots=True)
class _Places:
    """P places in one year: trials and successes of each; `is_printed` where the release does."""

    period: Period
    makers: list[Maker]
    events: Floats
    trials: Floats
    is_printed: NDArray[np.bool_]


def compared_places(con: duckdb.DuckDBPyConnection, as_of: date) -> Iterator[Row]:
    """Rows of `funnel` and `shrinkage` for the last whole year of each share, `dispersion` for all.

    A funnel's value is the ratio of observed to expected, of successes or of failures, whichever
    is rarer (`contrast` says which); its limits are the 99.8 % ones, widened by the variance
    between places. The finding `beyond` marks the only places to be named. The same ratios are
    shrunken under the measure `ratio`, with a 95 % interval, `expected` being their usual value.
    """
    for compared in COMPARED:
        is_finest = True
        for level, fewest in FEWEST.items():
            years = _read(con, compared, level, as_of)
            if years and len(years[-1].makers) >= fewest:
                yield from _funnel(years[-1])
                yield from _shrunken(years[-1])
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
    return _Places(
        period=period,
        makers=[series.maker(FUNNEL, as_of, unit="times", caveats=CAVEATS) for series, _ in chosen],
        events=np.where(np.isnan(told), by_value, told),
        trials=trials,
        is_printed=~np.isnan(told),
    )


def _funnel(places: _Places) -> Iterator[Row]:
    total = places.events.sum() / places.trials.sum()
    is_rare = total <= 0.5
    observed = places.events if is_rare else places.trials - places.events
    expected = places.trials * (total if is_rare else 1 - total)
    contrast = "events" if is_rare else "failures"
    enough = expected >= FEWEST_EXPECTED
    for at in np.flatnonzero(~enough):
        yield places.makers[at].missing(
            places.period, "too_few", "fewer_than_5_expected", contrast=contrast
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
            contrast=contrast,
        )
    if found.observed.sum() > 0:
        yield from _shrunken_ratios(places, np.flatnonzero(enough), found, contrast)


def _shrunken_ratios(places: _Places, chosen: Ints, found: Funnel, contrast: str) -> Iterator[Row]:
    """Ratios of the places of a funnel, each drawn towards that of all as far as it is small."""
    makers = [replace(places.makers[at], measure=RATIO, method=SHRINKAGE) for at in chosen]
    shrunken = shrink_ratios(found.observed, found.expected, CONF_LEVEL)
    for maker, row in zip(makers, _numbers(places, chosen, found.observed, shrunken), strict=True):
        yield maker.row(places.period, **row, ci_method="gamma_poisson", contrast=contrast)


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
    makers = [replace(maker, method=SHRINKAGE, unit="share") for maker in places.makers]
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
    maker = replace(first, method=DISPERSION, unit="theil", stratum=whole)
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
