"""Inputs that do not end as contracted yet, by who owes the repair.

A repair turns the test of the input red until its id here is deleted.
"""

READERS = """
    A09 A10 A13 A15 B13 B14 B15 B19
    I03 I04 I06 I07 I08 I09 I10 I15 I16 I17 I18
    J01 J02 J03 J04 J05
"""
VALUES = """
    A17 A18
    D01 D02 D03 D04 D05 D06 D07 D08 D09 D10 D11 D12 D13 D14 D15 D16 D17 D18 D19 D20 D21 D22 D23
    D24 D25 D26 D27 D28 D29 D30 D31 D35
    E01 E02 E03 E04 E05 E06 E08
    F13 F17
    G04 G06 G07 G08 G09 G12 G13
"""
READERS_AND_VALUES = "B25"  # ="…" is the reader's to take off, the apostrophe that of values
SETS = "F07 F08 F24 F28 F29"
NOBODY_YET = {
    "C17": "a file all of whose closings lie before registration does not stop publication",
    "C18": "the office that sent a file is not held against the regions of its rows",
    "F25": "a time of change after the extract is not E_FUTURE, and wins for ever",
    "F27": "a state that contradicts the closing is not E_CONSISTENCY",
    "H30": "no W_CARDINALITY for a file in which every record has an office of its own",
}


def _owed_by(owner: str, ids: str) -> dict[str, str]:
    return dict.fromkeys(ids.split(), f"owed by {owner}")


OWED = (
    _owed_by("readers", READERS)
    | _owed_by("values", VALUES)
    | _owed_by("readers and values", READERS_AND_VALUES)
    | _owed_by("sets", SETS)
    | NOBODY_YET
)
# Those of them whose mapping says what no mapping can say yet, so that no home can hold them.
UNREADABLE = {name for name in OWED if name[0] == "D" or name == "I04"}
