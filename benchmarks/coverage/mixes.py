"""Funnels of places whose matters differ: at the rate of all, and at what their mix expects."""

from collections.abc import Iterator
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa
from scipy.special import expit, logit

from benchmarks.coverage.harness import Floats, Row, measured, rngs, smallest_effect
from benchmarks.coverage.places import RATIOS, SHARE, SIZE, UNLIKE, sizes
from pipelines.estimates.case_mix import expected_of_mix
from pipelines.estimates.endings import HORIZON
from pipelines.estimates.series import Period
from pipelines.methods.funnel import NAMED_LEVEL, Funnel, funnel

PLACES, KINDS = 90, 8
KINDS_UNLIKE = 0.8  # standard deviation between kinds, of the odds of being an event
EVENNESS = 2.0  # of the Dirichlet law of mixes: some kinds are a third of a place's, some missing
ODD = 0.7  # of the matters of the odd place are of the kind in which events are most frequent
YEAR = Period("year", date(2025, 1, 1), date(2026, 1, 1))

_TABLES = """
    create schema model;
    create schema geo;
    create table model.case_timelines (
        region_row bigint, channel varchar, content_code bigint, registered_on date,
        closed_on date, outcome varchar, seen_until_on date
    );
    create table geo.regions as
    select
        range as region_row, cast(range as varchar) as region_code, 'county' as level,
        '' as city_code
    from range({places})
"""
_CASES = """
    delete from model.case_timelines;
    insert into model.case_timelines
    select
        place, 'letter', kind, date '2025-01-01' + day::int as on_day,
        on_day + if(is_event, 30, 200), 'resolved', date '2026-12-31'
    from drawn
"""


def mixes(runs: int, seed: int) -> Iterator[Row]:
    """One place in ninety has hard matters and is otherwise as others are: who names it?"""
    worlds = 3 * runs
    methods = ("funnel", "funnel_case_mix")
    named = {method: np.zeros((worlds, PLACES), dtype=bool) for method in methods}
    found = np.zeros((max(runs // 10, 2), len(RATIOS)), dtype=bool)
    with duckdb.connect() as con:
        con.execute(_TABLES.format(places=PLACES))
        for run, rng in enumerate(rngs(worlds, seed, 7)):
            trials, events = _world(con, rng, pace=1.0)
            plain = funnel(events, trials * events.sum() / trials.sum())
            named["funnel"][run] = plain.is_beyond
            named["funnel_case_mix"][run] = _adjusted(con, trials, events).is_beyond
        for run, rng in enumerate(rngs(len(found), seed, 8)):
            for at, ratio in enumerate(RATIOS):
                found[run, at] = _adjusted(con, *_world(con, rng, pace=ratio)).is_beyond[0]
    for method, each in named.items():
        for setting, which in (("mixes_90", each[:, 1:]), ("odd_mix", each[:, :1])):
            nominal = 1 - NAMED_LEVEL
            yield measured(method, setting, "false_alarm", which, seed=seed, nominal=nominal)
    yield smallest_effect("funnel_case_mix", "odd_mix_above", RATIOS - 1, found, seed=seed)


def _world(
    con: duckdb.DuckDBPyConnection, rng: np.random.Generator, pace: float
) -> tuple[Floats, Floats]:
    """Cases of a year in the tables, and trials and events of each place.

    Place 0 has `SIZE` cases, `ODD` of them of the kind in which events are most frequent; it has no
    difference of its own but the factor `pace` of every share.
    """
    trials = sizes(rng, PLACES)
    trials[0] = SIZE
    share = expit(logit(SHARE) + KINDS_UNLIKE * rng.normal(size=KINDS))
    mix = rng.dirichlet(np.full(KINDS, EVENNESS), PLACES)
    mix[0] = (1 - ODD) / KINDS
    mix[0, share.argmax()] += ODD
    own = UNLIKE * rng.normal(size=PLACES)
    own[0] = 0.0
    place = np.repeat(np.arange(PLACES), trials.astype(int))
    kind = (rng.random((len(place), 1)) > mix.cumsum(axis=1)[place, :-1]).sum(axis=1)
    chance = expit(logit(share)[kind] + own[place])
    chance = np.where(place == 0, np.minimum(chance * pace, 0.98), chance)
    is_event = rng.random(len(place)) < chance
    day = rng.integers(0, 365, len(place))
    drawn = pa.table({"place": place, "kind": kind, "day": day, "is_event": is_event})
    con.register("drawn", drawn)
    con.execute(_CASES)
    con.unregister("drawn")
    return trials, np.bincount(place, is_event, PLACES)


def _adjusted(con: duckdb.DuckDBPyConnection, trials: Floats, events: Floats) -> Funnel:
    """A funnel made as the published one, at the shares that the mix of each place expects."""
    mix = expected_of_mix(con, "county", YEAR, HORIZON)
    share = np.array([mix[str(place)] for place in range(PLACES)])
    return funnel(events, trials * share * events.sum() / (trials * share).sum())
