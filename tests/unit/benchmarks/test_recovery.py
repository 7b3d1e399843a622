"""What was planted in whole provinces is found within the tolerances of the design notes.

The worlds are those of `benchmarks.coverage.recovery`, on a seed that neither the methods nor the
calibration have seen. Three of the tolerances no honest method attains (docs/methods.md says why):
both planted offices outside the limits of a funnel, the planted issue within four weeks at this
size, and a plain difference below -0.13.
"""

import pytest

from benchmarks.coverage.harness import SEED
from benchmarks.coverage.recovery import provinces, tolerances

NOT_ATTAINABLE = {"outliers_tolerance", "four_weeks_tolerance", "differenced_tolerance"}
# One of the four steps misses in about one world of seven, so that of few worlds half must do.
SOMETIMES_MISSED = {"steps_tolerance": 0.5}
WORLDS = 4


@pytest.mark.slow
@pytest.mark.parametrize("seed", [880_301])
def test_what_was_planted_comes_back_within_the_tolerances(seed: int) -> None:
    assert abs(seed - SEED) > 1_000
    kept = {row.setting: row.actual for row in tolerances(provinces(WORLDS, seed), seed)}
    assert kept.keys() > NOT_ATTAINABLE | SOMETIMES_MISSED.keys()
    attainable = kept.keys() - NOT_ATTAINABLE
    missed = {each for each in attainable if kept[each] < SOMETIMES_MISSED.get(each, 1.0)}
    assert missed == set()
