"""Which office sends which of the smaller systems' exports, and what was planted in them."""

from collections import Counter

import numpy as np
import polars as pl

from pipelines.simulate import frames
from pipelines.simulate.exports import Outbox
from pipelines.simulate.places import HIGH_COURT, PROVINCE_OFFICE
from pipelines.simulate.receptions import Receptions
from pipelines.simulate.systems import (
    agenda,
    charges,
    courts,
    duties,
    halls,
    mediation,
    posts,
    sentinels,
    visit_days,
)
from pipelines.simulate.systems.visit_days import VisitBook
from pipelines.simulate.world import World


def send_province(world: World, receptions: Receptions, outbox: Outbox) -> Counter[str]:
    """Write what the province's petition office and the high court send."""
    no_numbers, no_content = pl.Series([], dtype=pl.String), np.empty(0, dtype=np.int64)
    book = VisitBook(world, PROVINCE_OFFICE, receptions, no_numbers, no_content)
    planted = _send_leaders(book, outbox)
    outbox.send("responsibility_letters", book.office, duties.letter_rows(world))
    letters = courts.draw_letters(world)
    outbox.send("court_petitions", HIGH_COURT, courts.letter_rows(world, letters))
    outbox.send("court_events", HIGH_COURT, courts.step_rows(world, letters))
    planted.update(courts.planted(letters))
    return planted


def send_city(register: frames.Register, receptions: Receptions, outbox: Outbox) -> Counter[str]:
    """Write what a city's offices, halls and centres send."""
    world, office, cases = register.world, register.office, register.cases
    sender = world.places.city_office(cases.city)
    book = VisitBook(world, sender, receptions, register.numbers, cases.content)
    planted = _send_leaders(book, outbox)
    candidates, screened = agenda.choose(register)
    reports = sentinels.draw_reports(register)
    for export, rows in (
        ("visit_agenda", agenda.agenda_rows(register, candidates)),
        ("visit_screenings", agenda.screening_rows(register, screened, candidates)),
        ("leader_charges", charges.charge_rows(register)),
        ("sentinel_reports", sentinels.report_rows(register, reports)),
        ("mediation_centre", mediation.centre_rows(register)),
        ("village_mediation", mediation.village_rows(register)),
        ("hall_footfall", halls.footfall_rows(world, sender)),
        ("hall_items", halls.item_rows(world, sender)),
    ):
        outbox.send(export, office, rows)
    planted.update(agenda.planted(register, candidates, screened))
    planted.update(sentinels.planted(reports))
    return planted


def _send_leaders(book: VisitBook, outbox: Outbox) -> Counter[str]:
    """Write what surrounds the visits that an office reports, and its leaders' duties."""
    world, sender = book.world, book.sender
    registrations = visit_days.registration_rows(book)
    for export, rows in (
        ("visit_leaders", visit_days.leader_rows(world, sender)),
        ("visit_registrations", registrations),
        ("visit_totals", visit_days.total_rows(book, registrations)),
        ("office_terms", posts.term_rows(world, sender)),
        ("reception_calendar", duties.calendar_rows(world, sender)),
        ("commitments", charges.commitment_rows(book)),
        ("policy_suggestions", duties.suggestion_rows(world, sender)),
    ):
        outbox.send(export, book.office, rows)
    return Counter(
        registrations_who_came=registrations["批次编号"].count(),
        batches_with_too_many_reps=int(book.receptions.has_too_many_reps.sum()),
    )
