"""The days around announced events, drawn as a table that can be read aloud."""

import numpy as np
import pytest

from pipelines.methods.phases import PHASES, Events, exposures

NAMES = [phase.name for phase in PHASES]


def events(*rows: tuple[int, int, int]) -> Events:
    return Events(*(np.array(column) for column in zip(*rows, strict=True)))


def days_in(exposure: np.ndarray, unit: int, name: str) -> list[int]:
    return np.flatnonzero(exposure[unit, :, NAMES.index(name)]).tolist()


def test_one_event_announced_ten_days_ahead():
    # Announced on day 100, held on day 110.
    found = exposures(events((1, 100, 110)), 2, 300)
    expected = {
        "lead_56_29": range(44, 72),
        "lead_28_8": range(72, 93),
        "lead_7_1": range(93, 100),
        "announced": range(100, 110),
        "event_day": range(110, 111),
        "after_1_6": range(111, 117),
        "after_7_27": range(117, 138),
        "after_28_56": range(138, 167),
        "after_57_84": range(167, 195),
    }
    assert {name: days_in(found, 1, name) for name in NAMES} == {
        name: list(days) for name, days in expected.items()
    }
    assert not found[0].any()


def test_an_event_that_was_not_announced_has_no_such_phase():
    found = exposures(events((0, 50, 50)), 1, 100)
    assert days_in(found, 0, "announced") == []
    assert days_in(found, 0, "event_day") == [50]


def test_overlapping_events_add_up():
    found = exposures(events((0, 50, 55), (0, 52, 60)), 1, 100)
    announced = found[0, :, NAMES.index("announced")]
    assert announced[50:60].tolist() == [1, 1, 2, 2, 2, 1, 1, 1, 1, 1]


def test_days_outside_the_series_are_cut_off():
    found = exposures(events((0, -3, 2), (0, 95, 99)), 1, 100)
    assert days_in(found, 0, "event_day") == [2, 99]
    assert days_in(found, 0, "announced") == [0, 1, 95, 96, 97, 98]


def test_an_event_is_not_announced_after_its_day():
    with pytest.raises(ValueError, match="announced"):
        events((0, 60, 50))
