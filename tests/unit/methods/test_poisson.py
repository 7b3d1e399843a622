"""The batched quasi-Poisson regression against closed forms and against statsmodels."""

import numpy as np
import pytest

from pipelines.methods.poisson import fit_poisson, leverage


def world(seed: int = 5, rows: int = 400, columns: int = 4):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(rows), rng.normal(size=(rows, columns - 1)) / 3])
    counts = rng.poisson(np.exp(1 + design[:, 1:].sum(axis=1)), size=(3, rows)).astype(float)
    return counts, design, rng


def test_an_intercept_is_the_log_of_the_mean_and_its_leverage_one_over_n():
    counts = np.array([[3.0, 5.0, 10.0], [1.0, 1.0, 4.0]])
    fit = fit_poisson(counts, np.ones((3, 1)))
    assert np.exp(fit.coefficients[:, 0]) == pytest.approx([18 / 3, 6 / 3])
    assert leverage(fit, np.ones((3, 1))) == pytest.approx(1 / 3)
    pearson = ((3 - 6) ** 2 + (5 - 6) ** 2 + (10 - 6) ** 2) / 6
    assert fit.dispersion[0] == pytest.approx(pearson / (3 - 1))


def test_two_groups_return_the_log_of_the_ratio_of_their_means():
    design = np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]])
    fit = fit_poisson(np.array([[2.0, 4, 6, 12]]), design)
    assert fit.coefficients[0] == pytest.approx([np.log(3), np.log(9 / 3)])
    # X'WX = [[24, 18], [18, 18]], so the variance of the ratio is 1/6 + 1/18.
    assert fit.bread[0, 1, 1] == pytest.approx(1 / 6 + 1 / 18)


def test_a_group_without_events_goes_down_and_stays_finite():
    design = np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]])
    fit = fit_poisson(np.array([[2.0, 4, 0, 0]]), design)
    assert fit.converged[0]
    assert fit.mean[0] == pytest.approx([3, 3, 0, 0], abs=1e-6)


def test_series_do_not_touch_each_other():
    counts, design, _ = world()
    together, alone = fit_poisson(counts, design), fit_poisson(counts[1:2], design)
    assert together.coefficients[1] == pytest.approx(alone.coefficients[0], abs=1e-12)


@pytest.mark.parametrize(
    ("counts", "design", "words"),
    [
        ([[1.0, -1.0]], [[1.0], [1.0]], "negative"),
        ([[1.0, 1.0]], [[1.0]], "do not fit"),
        ([[1.0, 1.0, 2.0]], [[1.0, 2], [1, 2], [1, 2]], "depend on each other"),
    ],
)
def test_what_cannot_be_fitted_is_refused(counts, design, words):
    with pytest.raises(ValueError, match=words):
        fit_poisson(np.array(counts), np.array(design))


def test_equals_statsmodels_with_offset_and_weights():
    glm = pytest.importorskip("statsmodels.api")
    counts, design, rng = world()
    offset, weights = rng.normal(size=400) / 5, rng.uniform(0.2, 1.0, size=(3, 400))
    fit = fit_poisson(counts, design, offset=offset, weights=weights)
    for series in range(3):
        model = glm.GLM(
            counts[series],
            design,
            glm.families.Poisson(),
            offset=offset,
            freq_weights=weights[series],
        )
        oracle = model.fit(tol=1e-12)
        assert fit.coefficients[series] == pytest.approx(oracle.params, abs=1e-9)
        assert np.sqrt(np.diag(fit.bread[series])) == pytest.approx(oracle.bse, rel=1e-7)
    plain = fit_poisson(counts[:1], design)
    oracle = glm.GLM(counts[0], design, glm.families.Poisson()).fit(tol=1e-12)
    assert plain.dispersion[0] == pytest.approx(oracle.pearson_chi2 / oracle.df_resid)
    hat = oracle.get_influence().hat_matrix_diag
    assert leverage(plain, design)[0] == pytest.approx(hat, abs=1e-9)
