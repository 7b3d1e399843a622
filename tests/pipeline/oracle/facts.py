"""What an indicator counts, before periods and places: events, spells and amounts."""

from dataclasses import dataclass, field
from datetime import date

Breakdown = dict[str, str]


@dataclass
class Event:
    """Something on a day; a term that is not known is None."""

    region: str
    on: date
    numerator: int | None
    denominator: int | None = 1
    by: Breakdown = field(default_factory=dict)


@dataclass
class Spell:
    """Something from a day until another (not included), or still going on."""

    region: str
    on: date
    until: date | None
    outcome: str | None = None
    by: Breakdown = field(default_factory=dict)


@dataclass
class Amount:
    """Something of a size on a day."""

    region: str
    on: date
    size: int
    by: Breakdown = field(default_factory=dict)


Fact = Event | Spell | Amount
