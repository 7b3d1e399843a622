"""Inputs that do not end as contracted yet, by id, with who owes the repair and what is wrong.

A repair turns the test of the input red until its line here is deleted.
"""

OWED: dict[str, str] = {}
UNREADABLE: frozenset[str] = frozenset()  # inputs whose mapping cannot be read yet
