"""Families of rules: what kind of fault a reason code tells of, for pass rates of a sender.

Five rates say what to mend; one score would hide it. Which code a rule has stands in its contract.
"""

from enum import StrEnum


class Family(StrEnum):
    """Dimensions of the quality of data."""

    COMPLETENESS = "completeness"
    VALIDITY = "validity"
    UNIQUENESS = "uniqueness"
    CONSISTENCY = "consistency"
    TIMELINESS = "timeliness"


_OTHER_THAN_VALIDITY = {
    Family.COMPLETENESS: ("E_REQUIRED", "E_RAGGED_SHORT", "W_ROWS_VANISHED"),
    Family.UNIQUENESS: ("E_DUP_CONFLICT",),
    Family.CONSISTENCY: (
        "E_CONSISTENCY",
        "E_ORDER",
        "E_ORPHAN",
        "W_ORPHAN",
        "W_DUP_CONFLICT",
        "W_VOLUME",
        "W_MASS_CHANGE",
    ),
    Family.TIMELINESS: ("W_ORDER",),
}
FAMILIES = {code: family for family, codes in _OTHER_THAN_VALIDITY.items() for code in codes}
"""The family of each reason code; a code that is not here says that a value cannot be right."""
