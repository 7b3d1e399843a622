"""Errors with what neighbouring rows share: against sums by hand, a library and planted waves."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import t as student

from pipelines.methods.long_run import LongRun, long_run
from pipelines.methods.poisson import fit_poisson

ROWS, YEARS = 365, 5
AT = np.arange(ROWS) / ROWS
LINE = np.column_stack([np.ones(ROWS), AT])
BENT = np.column_stack([LINE, np.maximum(AT - 0.6, 0), AT > 0.6])


def drawn(seed: int, wave_sd: float) -> np.ndarray:
    """Some 50 a row; three quarters of a wave of the log mean are left at the next row."""
    rng = np.random.default_rng(seed)
    wave = lfilter([wave_sd * np.sqrt(1 - 0.75**2)], [1, -0.75], rng.normal(size=ROWS))
    return rng.poisson(50 * np.exp(wave)).astype(float)


def errors_of(counts: np.ndarray, design: np.ndarray) -> LongRun:
    return long_run(fit_poisson(counts[None, :], design), counts, design, YEARS)


def test_of_a_mean_it_is_the_usual_estimator_by_cosines():
    errors = errors_of(drawn(1, 0.3), np.ones((ROWS, 1)))
    # Waves and a level do not touch: the mean square of ten of them, and the t law with ten.
    turn = np.pi * (np.arange(ROWS) + 0.5) / ROWS
    seen = [np.sqrt(2) * np.cos(j * turn) @ errors.residual for j in range(1, 11)]
    error = np.sqrt(np.mean(np.square(seen)) / ROWS / errors.mean[0])
    reach = errors.reach(np.ones(ROWS), 0.95)
    assert reach == pytest.approx(student.ppf(0.975, 10) * error)
    assert errors.reach_of_sum(np.ones(1), 0.95) == pytest.approx(
        reach / np.sqrt(errors.mean.sum())
    )


def test_what_the_columns_took_is_given_back_and_counted():
    errors = errors_of(drawn(1, 0.3), BENT)
    weight = np.array([0.0, 0.0, 0.0, 1.0])
    row = errors.design @ errors.bread @ weight
    # The same by whole matrices: what independent rows leave, and how unlike its parts are.
    left = np.eye(ROWS) - np.diag(errors.mean) @ errors.design @ errors.bread @ errors.design.T
    seen = left.T @ (errors.waves * row[:, None])
    parts = np.linalg.eigvalsh(seen.T @ np.diag(errors.mean) @ seen)
    square = ((errors.waves * row[:, None]).T @ errors.residual) ** 2
    variance = square.sum() / parts.sum() * errors.bread[3, 3]
    freedom = parts.sum() ** 2 / (parts**2).sum()
    assert 3 < freedom < 9
    assert errors.reach_of_sum(weight, 0.9) == pytest.approx(
        student.ppf(0.95, freedom) * np.sqrt(variance)
    )


def test_rows_one_by_one_are_the_least_and_those_of_the_general_library():
    glm = pytest.importorskip("statsmodels.api")
    counts = drawn(1, 0.0)
    oracle = glm.GLM(counts, LINE, glm.families.Poisson()).fit(tol=1e-12, scale="X2")
    quiet = replace(errors_of(counts, LINE), residual=np.zeros(ROWS))  # the waves see nothing
    assert quiet.reach_of_sum(np.array([0.0, 1.0]), 0.95) == pytest.approx(
        student.ppf(0.975, ROWS - 2) * oracle.bse[1], rel=1e-6
    )


def test_a_row_that_a_column_follows_wholly_tells_no_wave():
    design = np.column_stack([LINE, np.arange(ROWS) == ROWS - 1])
    errors = errors_of(drawn(1, 0.3), design)
    last = errors.reach(np.eye(ROWS)[-1], 0.95)
    assert last == pytest.approx(student.ppf(0.975, ROWS - 3) * np.sqrt(errors.dispersion))


@pytest.mark.parametrize("wave_sd", [0.0, 0.3])
def test_intervals_hold_whatever_the_waves(wave_sd):
    """A wave that stays for weeks is counted in full, also where the columns bend."""
    weights = np.eye(4)[1:]
    held = []
    for seed in range(150):
        counts = drawn(seed, wave_sd)
        fit = fit_poisson(counts[None, :], BENT)
        errors = long_run(fit, counts, BENT, YEARS)
        reach = [errors.reach_of_sum(weight, 0.95) for weight in weights]
        held.append(np.abs(fit.coefficients[0, 1:]) <= reach)
    # The three have much in common: 150 worlds at 95 % have an error of 1.8 points.
    assert 0.91 <= np.mean(held) <= 0.99
