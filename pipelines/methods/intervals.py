"""Confidence intervals of a share.

One formula in two forms: over arrays, and as SQL for figures that never leave the database.
Intervals of curves are in `survival`.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Band:
    """Lower and upper ends, element by element."""

    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class SqlBand:
    """Lower and upper end as SQL expressions."""

    low: str
    high: str


def normal_quantile(conf_level: float) -> float:
    """The standard normal quantile of a two-sided interval: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + conf_level / 2)


def wilson(numerator: Floats, denominator: Floats, conf_level: float = 0.95) -> Band:
    """Wilson's score interval (Wilson 1927); it stays within 0 and 1 and never collapses.

    Args:
        numerator: successes, 0 <= numerator <= denominator.
        denominator: trials; where it is 0 both ends are NaN.
        conf_level: two-sided confidence.
    """
    z = normal_quantile(conf_level)
    trials = np.where(denominator > 0, denominator, np.nan)
    share = numerator / trials
    centre = share + z * z / (2 * trials)
    reach = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    shrink = 1 + z * z / trials
    return Band(
        low=np.where(numerator == 0, 0.0 * trials, (centre - reach) / shrink),
        high=np.where(numerator == denominator, 1.0 + 0.0 * trials, (centre + reach) / shrink),
    )


def wilson_sql(numerator: str, denominator: str, conf_level: float = 0.95) -> SqlBand:
    """`wilson` over two DOUBLE expressions; the denominator must not be 0."""
    z = repr(normal_quantile(conf_level))
    share = f"({numerator} / {denominator})"
    centre = f"{share} + {z} * {z} / (2 * {denominator})"
    reach = (
        f"{z} * sqrt({share} * (1 - {share}) / {denominator} "
        f"+ {z} * {z} / (4 * {denominator} * {denominator}))"
    )
    shrink = f"(1 + {z} * {z} / {denominator})"
    return SqlBand(
        low=f"case when {numerator} = 0 then 0.0 else ({centre} - {reach}) / {shrink} end",
        high=f"case when {numerator} = {denominator} then 1.0 "
        f"else ({centre} + {reach}) / {shrink} end",
    )
