"""Writing what one office sends: of each system that it keeps, one file.

The city's cases are drawn once; their steps and ratings are drawn and written in pieces, so that
memory grows with the cases of one city, not with their steps.
"""

from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl

from pipelines.simulate import columns, frames, labels
from pipelines.simulate.cases import Cases, draw_cases
from pipelines.simulate.dirt import (
    EARLIEST_DAYS,
    HANDLED_EARLY,
    STEPS_OF_REFUSED,
    UNKNOWN_CASE_FROM,
    Fault,
    draw_dirt,
)
from pipelines.simulate.evaluations import Evaluations, draw_evaluations
from pipelines.simulate.exports import Outbox
from pipelines.simulate.pauses import add_pauses, count_limits
from pipelines.simulate.places import PROVINCE_OFFICE
from pipelines.simulate.receptions import (
    Receptions,
    draw_receptions,
    with_cases,
    with_follow_ups,
)
from pipelines.simulate.scenario import Ints, Stream
from pipelines.simulate.steps import DAY, Progress, Steps, draw_steps
from pipelines.simulate.systems.sending import send_city, send_province
from pipelines.simulate.truth import Tally
from pipelines.simulate.world import World, reporting_office

PIECE = 200_000


def write_province(world: World, outbox: Outbox) -> Counter[str]:
    """Write all files of the province's offices; returns what is planted in the systems."""
    receptions = draw_receptions(world, PROVINCE_OFFICE)
    _write_visits(world, PROVINCE_OFFICE, receptions, None, outbox)
    return send_province(world, receptions, outbox)


def write_city(
    world: World, city: int, plan: dict[Fault, Ints], tally: Tally, outbox: Outbox
) -> tuple[Counter[str], Counter[str]]:
    """Write all files of a city, and count its durations and its limits.

    Returns:
        The planted faults, and what is planted in the smaller systems.
    """
    sender = world.places.city_office(city)
    receptions = draw_receptions(world, sender)
    cases = draw_cases(world, city, *receptions.per_visit(world.visits.count))
    tally.durations.add(world, cases)
    register = frames.Register.of(world, cases, draw_dirt(world, cases, plan))
    faults, crossings = _write_cases(register, tally, outbox)
    receptions, again = with_follow_ups(world, with_cases(receptions, cases), cases)
    _write_visits(world, sender, receptions, register.numbers, outbox)
    planted = send_city(register, receptions, outbox)
    planted.update(cases_across_counties=crossings, batches_received_again=again)
    return faults, planted


def _write_cases(
    register: frames.Register, tally: Tally, outbox: Outbox
) -> tuple[Counter[str], int]:
    """Write register, steps and ratings; the copies and the orphans come last in each file.

    Returns:
        The planted faults, and how many cases were passed to another county as well.
    """
    dirt, faults, crossings = register.dirt, register.dirt.counts(), 0
    copied_cases: list[pl.DataFrame] = []
    spare_steps: list[pl.DataFrame] = []
    with (
        outbox.open_register(register.office) as write_cases,
        outbox.open("step_log", register.office) as step_file,
        outbox.open("people_call_steps", register.office) as trace_file,
        outbox.open("evaluations", register.office) as rating_file,
    ):
        for number, first in enumerate(range(0, max(register.cases.count, 1), PIECE)):
            piece = register.cases.piece(first, first + PIECE)
            steps, progress = _piece_steps(register, piece, number, tally)
            crossings += progress.crossings
            faults[HANDLED_EARLY] += progress.handled_early
            case_frame = frames.case_rows(register, piece, progress.updated)
            step_frame = frames.step_rows(register, steps)
            traced = frames.is_traced(register, steps)
            asked = _piece_ratings(register, piece, progress, number)
            write_cases(case_frame)
            step_file.write(step_frame.filter(~traced))
            trace_file.write(frames.trace_rows(step_frame.filter(traced)))
            rating_file.write(frames.evaluation_rows(register, asked, rating_file.rows + 1))
            copied = dirt.has(Fault.DUPLICATE_CASE, piece.index)
            copied_cases.append(case_frame.filter(pl.Series(copied)))
            spare_steps += _spare_steps(register, steps, step_frame)
            faults[STEPS_OF_REFUSED] += int(dirt.refuses(steps.case).sum())
        write_cases(pl.concat(copied_cases))
        step_file.write(pl.concat(spare_steps))
    return faults, crossings


def _piece_steps(
    register: frames.Register, piece: Cases, number: int, tally: Tally
) -> tuple[Steps, Progress]:
    """Steps of a piece; the closing of the chosen cases comes before their registration."""
    world, cases = register.world, register.cases
    rng = world.scenario.rng(Stream.STEPS, cases.city, number)
    steps, progress = draw_steps(world, piece, rng)
    early = register.dirt.has(Fault.EARLY_CLOSING, steps.case) & (steps.kind == labels.CLOSE)
    before = rng.integers(*EARLIEST_DAYS, len(early)) * DAY
    start = cases.day[steps.case] * DAY + cases.second[steps.case]
    steps = replace(steps, at=np.where(early, start - before, steps.at))
    return _paused(register, piece, steps, progress, tally)


def _paused(
    register: frames.Register, piece: Cases, steps: Steps, progress: Progress, tally: Tally
) -> tuple[Steps, Progress]:
    """The steps with those of hearings and suspensions, which may be the last that exports see."""
    world, dirt, spans = register.world, register.dirt, progress.spans
    steps, pauses = add_pauses(world, piece, steps, spans, dirt.touches(piece.index))
    last = np.maximum.reduceat(steps.at, np.searchsorted(steps.case, piece.index))
    updated = np.where(pauses.paused, last, progress.updated)
    tally.limits.update(count_limits(world.calendar, spans, pauses, ~dirt.refuses(piece.index)))
    return steps, replace(progress, updated=updated)


def _piece_ratings(
    register: frames.Register, piece: Cases, progress: Progress, number: int
) -> Evaluations:
    rng = register.world.scenario.rng(Stream.EVALUATIONS, piece.city, number)
    asked = draw_evaluations(register.world, piece, progress, rng)
    return asked.where(~register.dirt.touches(asked.case))


def _spare_steps(
    register: frames.Register, steps: Steps, frame: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Copies of steps, and copies under numbers that no case of the register carries."""
    is_first = steps.seq == 1
    copied = frame.filter(pl.Series(is_first & register.dirt.has(Fault.DUPLICATE_STEP, steps.case)))
    chosen = is_first & register.dirt.has(Fault.ORPHAN_STEP, steps.case)
    case = steps.case[chosen]
    year = register.world.calendar.year[register.cases.day[case]]
    unknown = columns.yearly_numbered(f"{register.office}-", year, UNKNOWN_CASE_FROM + case)
    return copied, frame.filter(pl.Series(chosen)).with_columns(unknown.alias("信访编号"))


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
