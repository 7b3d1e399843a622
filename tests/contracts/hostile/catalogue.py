"""The catalogue: 280 hostile inputs in ten groups."""

from tests.contracts.hostile import (
    dates,
    display,
    encodings,
    folders,
    keys,
    numbers,
    personal,
    schema,
    spreadsheets,
    structure,
)
from tests.contracts.hostile.case import Case, accepted
from tests.contracts.hostile.exports import FILE, csv, marked

SIZES = {"A": 18, "B": 26, "C": 18, "D": 35, "E": 31, "F": 29, "G": 16, "H": 30, "I": 29, "J": 48}
GROUPS = {
    "A": encodings,
    "B": structure,
    "C": schema,
    "D": dates,
    "E": numbers,
    "F": keys,
    "G": personal,
    "H": display,
    "I": spreadsheets,
    "J": folders,
}
CASES = {case.id: case for group in GROUPS.values() for case in group.CASES}
CONTROL = Case(
    "Z00",
    "nothing is wrong with it",
    accepted(3, {1: {"persons": "1"}, 3: {"registered_at": "2023-03-03 09:00:00"}}),
    ((FILE, csv(marked(3, "Z00"))),),
)
