"""Errors of a Poisson regression whose neighbouring rows share what no column explains.

Weeks of trouble make a sum over many rows vary by more than its rows do one by one. How much more
is read from the residuals as slow cosine waves see them, two for each year, so that whatever dies
away within some months is counted in full (Lazarus, Lewis, Stock and Watson 2018). The waves are
few, and the columns of the regression have taken a part of them away: both are allowed for as Bell
and McCaffrey (2002; Imbens and Kolesár 2016) do for clusters, by giving back what independent rows
would have lost and by the t law with the degrees of freedom that are left.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from pipelines.methods.poisson import Floats, PoissonFit

WAVES_A_YEAR = 2
_NOTHING_LEFT = 1e-9  # of the variance of waves: the columns follow these rows wholly


@dataclass(frozen=True, slots=True)
class LongRun:
    """What a fit of one series to N rows and K columns leaves, as B slow waves see it.

    Attributes:
        design: N x K.
        mean: N, fitted.
        residual: N, counted less fitted.
        bread: K x K, inverse of X'WX.
        dispersion: Pearson's; 1 is Poisson.
        waves: N x B, of mean square 1.
    """

    design: Floats
    mean: Floats
    residual: Floats
    bread: Floats
    dispersion: float
    waves: Floats

    def reach_of_sum(self, weight: Floats, conf_level: float) -> float:
        """Half the length of the interval of a sum of the K coefficients so weighted."""
        among = self.bread @ weight
        return self.reach(self.design @ among, conf_level) * float(np.sqrt(weight @ among))

    def reach(self, weight: Floats, conf_level: float) -> float:
        """Half the length of an interval, in the standard errors that Poisson counts would have.

        It is never shorter than what the rows say one by one: neighbours that are unlike by chance
        must not make it so.

        Args:
            weight: N, of the rows in the sum that is estimated.
            conf_level: two-sided.
        """
        tail = 0.5 + conf_level / 2
        alone = np.sqrt(self.dispersion) * student.ppf(tail, len(self.mean) - len(self.bread))
        seen = self.waves * weight[:, None]
        weighted = seen * self.mean[:, None]
        taken = self.design.T @ weighted
        whole = seen.T @ weighted
        left = whole - taken.T @ self.bread @ taken
        trace = np.trace(left)
        if trace <= _NOTHING_LEFT * np.trace(whole):
            return float(alone)
        times = ((self.residual @ seen) ** 2).sum() / trace
        freedom = trace**2 / (left**2).sum()
        return float(max(alone, np.sqrt(times) * student.ppf(tail, freedom)))


def long_run(fit: PoissonFit, counts: Floats, design: Floats, years: float) -> LongRun:
    """The errors of a fit of one series.

    Args:
        fit: of that series alone.
        counts: N, in order of time.
        design: N x K.
        years: that the rows cover; they are about equally long.
    """
    rows, waves = len(counts), max(1, round(WAVES_A_YEAR * years))
    turn = np.pi * (np.arange(rows)[:, None] + 0.5) / rows * np.arange(1, waves + 1)
    return LongRun(
        design=design,
        mean=fit.mean[0],
        residual=counts - fit.mean[0],
        bread=fit.bread[0],
        dispersion=float(fit.dispersion[0]),
        waves=np.sqrt(2) * np.cos(turn),
    )
