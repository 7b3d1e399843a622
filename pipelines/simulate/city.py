"""Writing what one office sends: a city's six files, the province's three.

The city's cases are drawn once; their steps and ratings are drawn and written in pieces, so that
memory grows with the cases of one city, not with their steps.
"""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pipelines.simulate import columns, frames, labels
from pipelines.simulate.cases import Cases, draw_cases
from pipelines.simulate.dirt import EARLIEST_DAYS, UNKNOWN_CASE_FROM, Dirt, Fault, draw_dirt
from pipelines.simulate.evaluations import Evaluations, draw_evaluations
from pipelines.simulate.exports import ExportFile, Outbox
from pipelines.simulate.places import PROVINCE_OFFICE
from pipelines.simulate.receptions import Receptions, draw_receptions, with_cases
from pipelines.simulate.scenario import START, Ints, Stream
from pipelines.simulate.steps import DAY, Steps, draw_steps
from pipelines.simulate.truth import Durations
from pipelines.simulate.world import World, reporting_office

if TYPE_CHECKING:
    import polars as pl

PIECE = 200_000


def write_province(world: World, outbox: Outbox) -> None:
    """Write the visits, notices and receptions that the province reports."""
    _write_visits(world, PROVINCE_OFFICE, draw_receptions(world, PROVINCE_OFFICE), None, outbox)


def write_city(
    world: World, city: int, plan: dict[Fault, Ints], durations: Durations, outbox: Outbox
) -> Counter[str]:
    """Write all files of a city; counts its durations and returns its planted faults."""
    sender = world.places.city_office(city)
    receptions = draw_receptions(world, sender)
    cases = draw_cases(world, city, *receptions.per_visit(world.visits.count))
    durations.add(world, cases)
    dirt = draw_dirt(world, cases, plan)
    numbers = frames.case_numbers(world, cases)
    faults = _write_cases(world, cases, dirt, int(plan[Fault.ORPHAN_STEP][city]), numbers, outbox)
    _write_visits(world, sender, with_cases(receptions, cases), numbers, outbox)
    return faults


def _write_cases(
    world: World, cases: Cases, dirt: Dirt, orphans: int, numbers: "pl.Series", outbox: Outbox
) -> Counter[str]:
    office = world.places.offices[world.places.city_office(cases.city)]
    faults = Counter({fault.value: len(case) for fault, case in dirt.cases.items()})
    case_copies: list[pl.DataFrame] = []
    step_copies: list[pl.DataFrame] = []
    with (
        outbox.open("case_register", office) as register,
        outbox.open("step_log", office) as log,
        outbox.open("evaluations", office) as ratings,
    ):
        for piece, rows in enumerate(_pieces(cases.count)):
            rng = world.scenario.rng(Stream.STEPS, cases.city, piece)
            steps, progress = draw_steps(world, cases, rows, rng)
            steps = _close_early(steps, cases, dirt, rng)
            rng = world.scenario.rng(Stream.EVALUATIONS, cases.city, piece)
            found = draw_evaluations(world, cases, rows, progress, rng).without(dirt.touches)
            case_frame = frames.case_rows(world, cases, dirt, rows, numbers, progress.updated)
            step_frame = frames.step_rows(world, steps, numbers)
            register.write(case_frame)
            log.write(step_frame)
            ratings.write(frames.evaluation_rows(world, cases, found, numbers, ratings.rows + 1))
    return faults


def _pieces(count: int) -> Iterator[slice]:
    """Slices of at most PIECE cases; one empty slice where there are none, for the header."""
    for start in range(0, max(count, 1), PIECE):
        yield slice(start, min(start + PIECE, count))
