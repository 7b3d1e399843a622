"""Detected breaks: the Nile's, and none where there is none."""

import numpy as np
import pytest

from pipelines.methods.structural_breaks import possible_breaks, segmentations

# Annual flow of the Nile at Aswan, 1871-1970 (R, datasets::Nile).
NILE = np.array(
    [1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180,
     799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833,
     701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845,
     864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676,
     649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923,
     975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740],
    dtype=float,
)  # fmt: skip


def test_the_nile_breaks_once_after_1898_with_the_published_criterion():
    # R, strucchange::breakpoints(Nile ~ 1): BIC for 0 to 5 breaks, minimum at one, observation 28.
    found = segmentations(NILE, min_size=15)
    published = [1318.24, 1270.08, 1276.47, 1284.72, 1291.94, 1310.77]
    assert found.criterion == pytest.approx(published, abs=0.005)
    assert found.breaks[1] == (28,)


def test_the_interval_of_the_nile_is_like_the_published_one():
    (only,) = possible_breaks(NILE, min_size=15)
    assert only.at == 28
    # strucchange prints 25 to 32 from Bai's asymptotics; ours resamples, so an observation or two.
    assert abs(only.low - 25) <= 2
    assert abs(only.high - 32) <= 2


def test_correlated_noise_makes_no_break():
    alarms = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        noise = np.zeros(160)
        for t in range(1, 160):
            noise[t] = 0.5 * noise[t - 1] + rng.normal()
        alarms += bool(possible_breaks(noise, max_breaks=3, replicates=5))
    # The criterion without the scale finds breaks in 32 of these 40 series.
    assert alarms <= 4


def test_a_planted_step_is_found_where_it_is():
    rng = np.random.default_rng(2)
    series = rng.normal(scale=0.05, size=96) + 0.2 * (np.arange(96) >= 40)
    (only,) = possible_breaks(series, max_breaks=3, replicates=30)
    assert only.low <= 40 <= only.high
    assert only.high - only.low <= 4


def test_too_short_a_series_is_refused():
    with pytest.raises(ValueError, match="24 values"):
        segmentations(np.zeros(20))
