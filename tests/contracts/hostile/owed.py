"""Inputs that do not end as contracted yet, by who owes the repair.

A repair turns the test of the input red until its id here is deleted.
"""

NOBODY_YET = {
    "F27": "a state that contradicts the closing is not E_CONSISTENCY",
}


OWED = NOBODY_YET
# Those of them whose mapping says what no mapping can say yet, so that no home can hold them.
UNREADABLE: set[str] = set()
