"""What may be shown: the numbers of `policy.toml`, which a home may tighten but never loosen.

Only the numbers and their direction live here. What they mean for a cell is in `cells`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, cast

from pipelines.words import UserError

POLICY_FILE = Path(__file__).with_name("policy.toml")
TIGHTER_WHEN_LOWER = frozenset({"dominance_one", "dominance_two", "sparse_share"})


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds of disclosure control.

    Attributes:
        k: cases and persons in a shown cell, and in its complement: none, or at least so many.
        rate_min_denominator: a share of 0 or 1 is shown of a group of at least so many.
        curve_min_units: units at risk behind a shown median or curve.
        curve_min_events: events behind a shown median or curve.
        dominance_one: the share of a sum of persons that one batch may make up.
        dominance_two: the share of a sum of persons that two batches may make up.
        sparse_share: a level or a breakdown is withheld for a year when more than this share of
            its cells must be hidden for their own sake.
        open_denominators: ratios whose denominator counts acts of offices and is no secret.
        linked: by an indicator, those that print its counts again and hide what it hides.
    """

    k: int
    rate_min_denominator: int
    curve_min_units: int
    curve_min_events: int
    dominance_one: float
    dominance_two: float
    sparse_share: float
    open_denominators: frozenset[str]
    linked: Mapping[str, tuple[str, ...]]


def load_policy(home: Mapping[str, Any] | None = None) -> Policy:
    """The shipped policy, tightened by what a home has decided.

    Args:
        home: keys of `policy.toml` with the home's own values.

    Raises:
        UserError: a key is unknown, a value has another type, or it would loosen the policy.
    """
    shipped: dict[str, Any] = tomllib.loads(POLICY_FILE.read_text(encoding="utf-8"))
    shipped["open_denominators"] = frozenset(shipped["open_denominators"])
    shipped["linked"] = {name: tuple(others) for name, others in shipped["linked"].items()}
    policy = Policy(**shipped)
    for key, value in (home or {}).items():
        policy = _tighten(policy, key, value)
    return policy


def _tighten(policy: Policy, key: str, value: object) -> Policy:
    known = [field.name for field in fields(Policy) if field.name != "linked"]
    if key not in known:
        raise UserError("privacy.UNKNOWN_KEY", name=key, known=", ".join(known))
    shipped: object = getattr(policy, key)
    if isinstance(shipped, frozenset):
        if not isinstance(value, list | tuple | set | frozenset):
            raise UserError("privacy.NOT_A_LIST", name=key)
        wanted = frozenset(str(name) for name in value)  # pyright: ignore[reportUnknownVariableType]
        if not wanted <= shipped:
            raise UserError("privacy.LOOSER", name=key, shipped=", ".join(sorted(shipped)))
        return replace(policy, **{key: wanted})
    if isinstance(value, bool) or not isinstance(value, int | type(shipped)):
        raise UserError("privacy.NOT_A_NUMBER", name=key)
    value, shipped = cast("float", value), cast("float", shipped)
    is_tighter = value <= shipped if key in TIGHTER_WHEN_LOWER else value >= shipped
    if not is_tighter:
        raise UserError("privacy.LOOSER", name=key, shipped=shipped)
    return replace(policy, **{key: value})
