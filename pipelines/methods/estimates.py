"""The one form of every published estimate: a row with its interval, its counts and its caveats.

Each method returns arrays of its own; whoever writes them to a table writes these columns, so that
one check, one gate and one chart serve all methods. Names are those of the indicator values.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from types import UnionType
from typing import get_args, get_type_hints


class Method(StrEnum):
    """The methods whose estimates are published; `reports/words/methods.yml` describes each."""

    TREND = "trend"
    CONTROL_CHART = "control_chart"
    FUNNEL = "funnel"
    FUNNEL_PEERS = "funnel_peers"
    FUNNEL_CASE_MIX = "funnel_case_mix"
    SHRINKAGE = "shrinkage"
    DISPERSION = "dispersion"
    VISIT_EFFECT = "visit_effect"
    EMERGING_ISSUE_SIGNAL = "emerging_issue_signal"
    RESOLUTION_CURVE = "resolution_curve"
    GROUP_DIFFERENCE = "group_difference"
    OFFICE_BOOTSTRAP = "office_bootstrap"
    DELAYED_ENTRY = "delayed_entry"
    PROCESS_MAP = "process_map"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One published number of a method.

    Attributes:
        indicator: what is measured.
        measure: which number of it, e.g. `within_60`.
        method: how it was computed.
        method_version: raised when the same input gives another number.
        period_kind: kind of the period, as in the indicator values, or `week` or `span`.
        period_start: first day.
        period_end: first day after the period.
        n: units at risk, or in the denominator; None where that may not be told.
        n_events: events among them.
        value: the estimate, NaN-free; None where there is none.
        expected: what the value is held against, e.g. the centre line of a control chart.
        low: lower end of the interval of the value; where `ci_method` ends in `_limits`, lower
            limit around what is expected.
        high: upper end.
        conf_level: two-sided confidence, e.g. 0.95.
        ci_method: how the interval was made, e.g. `hac`, `cluster`, `laney_limits`.
        unit: unit of value, expected, low and high.
        finding: what the method says of it, words apart by blanks, e.g. `concern shift`.
        as_of: day of the extract that it rests on.
        state: `ok`, or why there is no value, as in the indicator values.
        reason: the reason, where the state is not `ok`.
        flags: letters, e.g. `p` provisional, `b` break.
        caveats: keys of the list of caveats, apart by blanks.
    """

    indicator: str
    measure: str
    method: Method
    method_version: str
    period_kind: str
    period_start: date
    period_end: date
    n: int | None
    n_events: int | None
    value: float | None
    expected: float | None
    low: float | None
    high: float | None
    conf_level: float | None
    ci_method: str
    unit: str
    finding: str
    as_of: date
    state: str
    reason: str
    flags: str
    caveats: str


_SQL_TYPES = {str: "VARCHAR", Method: "VARCHAR", date: "DATE", int: "BIGINT", float: "DOUBLE"}


def estimate_columns(keys: Sequence[str]) -> dict[str, str]:
    """Names and SQL types of a table of estimates, in order.

    Args:
        keys: columns that say which stratum a row is of; text, placed after `measure`.

    Raises:
        ValueError: a key has the name of a column.
    """
    hints = get_type_hints(Estimate)
    own = {field.name: _SQL_TYPES[_plain(hints[field.name])] for field in fields(Estimate)}
    if taken := set(keys) & set(own):
        raise ValueError(f"stratum keys have names of columns: {', '.join(sorted(taken))}")
    split = list(own).index("measure") + 1
    items = list(own.items())
    return dict([*items[:split], *((key, "VARCHAR") for key in keys), *items[split:]])


def _plain(hint: object) -> type:
    """The type of a field without its None."""
    if isinstance(hint, UnionType):
        return next(kind for kind in get_args(hint) if kind is not type(None))
    assert isinstance(hint, type)  # noqa: S101 - narrows for the type checker
    return hint
