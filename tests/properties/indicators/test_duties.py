"""Duties, gaps and what follows visits on random small worlds, against plain Python."""

import pytest
from hypothesis import given, settings

from tests.properties.indicators.duties_reference import (
    CLOSURES,
    DUTIES,
    PERIODS,
    worlds_of_duties,
    worlds_with_visits,
)
from tests.properties.indicators.handling_world import Staging, World, tally
from tests.properties.indicators.sent import sent_of


@pytest.fixture(scope="module")
def of_duties(tmp_path_factory):
    staging = Staging.open(tmp_path_factory.mktemp("duties"), DUTIES)
    for period in PERIODS:
        staging.con.execute("insert into periods values (?, ?, ?, true)", list(period))
    yield staging
    staging.con.close()


@pytest.fixture(scope="module")
def of_closures(tmp_path_factory):
    staging = Staging.open(tmp_path_factory.mktemp("closures"), CLOSURES)
    yield staging
    staging.con.close()


@given(world=worlds_of_duties())
def test_duties_and_gaps_are_those_of_a_plain_reading(of_duties: Staging, world: World):
    of_duties.fill(world)
    sent = sent_of(world, [])
    for name, reference in DUTIES.items():
        assert (name, of_duties.facts(name)) == (name, tally(reference(sent)))


@settings(max_examples=50)
@given(world=worlds_with_visits())
def test_what_followed_a_visit_is_that_of_a_plain_reading(of_closures: Staging, world: World):
    of_closures.fill(world)
    sent = sent_of(world, of_closures.rows("select * from case_timelines"))
    for name, reference in CLOSURES.items():
        assert of_closures.facts(name) == tally(reference(sent))
