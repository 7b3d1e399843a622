"""Writing what one office sends: a city's six files, the province's three.

The city's cases are drawn once; their steps and ratings are drawn and written in pieces, so that
memory grows with the cases of one city, not with their steps.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from pipelines.simulate import columns, frames, labels
from pipelines.simulate.cases import Cases, draw_cases
from pipelines.simulate.dirt import (
    EARLIEST_DAYS,
    STEPS_OF_REFUSED,
    UNKNOWN_CASE_FROM,
    Dirt,
    Fault,
    draw_dirt,
)
from pipelines.simulate.evaluations import draw_evaluations
from pipelines.simulate.exports import Outbox
from pipelines.simulate.places import PROVINCE_OFFICE
from pipelines.simulate.receptions import Receptions, draw_receptions, with_cases
from pipelines.simulate.scenario import Ints, Stream
from pipelines.simulate.steps import DAY, Steps, draw_steps
from pipelines.simulate.truth import Durations
from pipelines.simulate.world import World, reporting_office

if TYPE_CHECKING:
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
    faults = _write_cases(world, cases, dirt, numbers, outbox)
    _write_visits(world, sender, with_cases(receptions, cases), numbers, outbox)
    return faults


def _write_cases(
    world: World, cases: Cases, dirt: Dirt, numbers: pl.Series, outbox: Outbox
) -> Counter[str]:
    """Write register, step log and ratings; the copies and the orphans come last in each file."""
    office = world.places.offices[world.places.city_office(cases.city)]
    copied_cases: list[pl.DataFrame] = []
    spare_steps: list[pl.DataFrame] = []
    faults = dirt.counts()
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
            asked = draw_evaluations(world, cases, rows, progress, rng)
            asked = asked.where(~dirt.touches(asked.case))
            register_frame = frames.case_rows(world, cases, dirt, rows, numbers, progress.updated)
            log_frame = frames.step_rows(world, steps, numbers)
            register.write(register_frame)
            log.write(log_frame)
            ratings.write(frames.evaluation_rows(world, cases, asked, numbers, ratings.rows + 1))
            copied = dirt.has(Fault.DUPLICATE_CASE, np.arange(rows.start, rows.stop))
            copied_cases.append(register_frame.filter(pl.Series(copied)))
            copied = dirt.has(Fault.DUPLICATE_STEP, steps.case) & (steps.seq == 1)
            spare_steps.append(log_frame.filter(pl.Series(copied)))
            orphaned = dirt.has(Fault.ORPHAN_STEP, steps.case) & (steps.seq == 1)
            spare_steps.append(_orphans(log_frame.filter(pl.Series(orphaned)), office))
            faults[STEPS_OF_REFUSED] += int(dirt.refuses(steps.case).sum())
        register.write(pl.concat(copied_cases))
        log.write(pl.concat(spare_steps))
    return faults


def _close_early(steps: Steps, cases: Cases, dirt: Dirt, rng: np.random.Generator) -> Steps:
    """Move the closing of the chosen cases to some days before their registration."""
    early = dirt.has(Fault.EARLY_CLOSING, steps.case) & (steps.kind == labels.CLOSE)
    before = rng.integers(*EARLIEST_DAYS, len(early)) * DAY
    start = cases.day[steps.case] * DAY + cases.second[steps.case]
    return replace(steps, at=np.where(early, start - before, steps.at))


def _orphans(copies: pl.DataFrame, office: str) -> pl.DataFrame:
    """Steps under numbers that no case of the register carries."""
    number = np.arange(UNKNOWN_CASE_FROM, UNKNOWN_CASE_FROM + len(copies))
    year = copies["时间"].dt.year().to_numpy().astype(np.int64)
    return copies.with_columns(
        columns.yearly_numbered(f"{office}-", year, number).alias("信访编号")
    )


def _write_visits(
    world: World,
    sender: int,
    receptions: Receptions,
    numbers: pl.Series | None,
    outbox: Outbox,
) -> None:
    office = world.places.offices[sender]
    mine = np.flatnonzero(reporting_office(world) == sender)
    rng = world.scenario.rng(Stream.NOTICES, sender)
    with outbox.open("leader_visits", office) as file:
        file.write(frames.visit_rows(world, sender, mine))
    with outbox.open("visit_announcements", office) as file:
        file.write(frames.announcement_rows(world, sender, mine, rng))
    with outbox.open("receptions", office) as file:
        file.write(frames.reception_rows(world, sender, receptions, numbers))


def _pieces(count: int) -> Iterator[slice]:
    """Slices of at most PIECE cases; one empty slice where there are none, for the header."""
    for start in range(0, max(count, 1), PIECE):
        yield slice(start, min(start + PIECE, count))
