"""The freeze in SQL against the same rules in plain Python, on random pairs of releases."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.publish.frozen import VALUES, Freeze, freeze
from pipelines.settings import Home
from tests.unit.publish.world import REGIONS, Figure, insert, pretend_published, table_named

Key = tuple[str, str, int]
Shown = tuple[int | None, str]

KEYS = st.tuples(
    st.sampled_from(["letter_count", "visit_count"]),
    st.sampled_from(sorted(REGIONS)),
    st.integers(2023, 2025),
)
SHOWN = st.one_of(st.tuples(st.integers(10, 12), st.just("ok")), st.just((None, "hidden")))
TABLES = st.dictionaries(KEYS, SHOWN, max_size=8)


def expected(
    old: Mapping[Key, Shown], new: Mapping[Key, Shown], *, revise: bool
) -> tuple[Freeze, dict[Key, tuple[int | None, str, str]]]:
    defined = {key[0] for key in new}
    old = {key: shown for key, shown in old.items() if key[0] in defined}
    moved = {key for key, shown in old.items() if new.get(key) != shown}
    added = len(new.keys() - old.keys())
    if revise:
        marks = {key: "r" if key in moved and new[key][1] == "ok" else "" for key in new}
        rows = {key: (*shown, marks[key]) for key, shown in new.items()}
        return Freeze(kept=len(old) - len(moved), waiting=0, revised=len(moved), added=added), rows
    rows = {key: (*shown, "") for key, shown in {**new, **old}.items()}
    return Freeze(kept=len(old), waiting=len(moved), revised=0, added=added), rows


def figures(table: Mapping[Key, Shown]) -> list[Figure]:
    return [
        Figure(numerator, indicator=indicator, region=region, year=year, state=state)
        for (indicator, region, year), (numerator, state) in table.items()
    ]


@settings(max_examples=40)
@given(old=TABLES, new=TABLES, revise=st.booleans())
def test_a_freeze_follows_its_rules(old: dict[Key, Shown], new: dict[Key, Shown], *, revise: bool):
    with TemporaryDirectory() as folder, duckdb.connect() as con:
        home = Home(Path(folder))
        pretend_published(home, figures(old))
        con.execute("create schema public")
        con.execute(table_named(VALUES).contract.create_sql(VALUES))
        for figure in figures(new):
            insert(con, VALUES, figure.row)
        outcome = freeze(con, home, k=1, revise=revise)
        rows = con.execute(
            "select indicator, region_code, year(period_start), numerator, state, flags "
            f"from {VALUES}"
        ).fetchall()
    assert len(rows) == len({row[:3] for row in rows})
    assert (outcome, {row[:3]: row[3:] for row in rows}) == expected(old, new, revise=revise)
