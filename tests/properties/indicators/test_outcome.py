"""Outcomes, reviews and verifications on random small worlds, against plain Python."""

import pytest
from hypothesis import given

from tests.properties.indicators.handling_world import INDICATORS, Staging, World, tally, worlds
from tests.properties.indicators.outcome_reference import OUTCOME
from tests.properties.indicators.sent import sent_of


@pytest.fixture(scope="module")
def staging(tmp_path_factory):
    staging = Staging.open(tmp_path_factory.mktemp("home"), OUTCOME)
    yield staging
    staging.con.close()


def test_every_indicator_of_the_theme_has_a_reference():
    theme = {name for name, indicator in INDICATORS.items() if indicator.theme == "outcome"}
    assert theme == set(OUTCOME)


@given(world=worlds())
def test_the_facts_are_those_of_a_plain_reading(staging: Staging, world: World):
    staging.fill(world)
    sent = sent_of(world, staging.rows("select * from case_timelines"))
    for name, reference in OUTCOME.items():
        assert (name, staging.facts(name)) == (name, tally(reference(sent)))
