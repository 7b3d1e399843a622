from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.publish.pointer import Release
from pipelines.publish.query import FOR_PROGRAMS, Answer, Limits, Wanted, query, show
from pipelines.screen import Screen
from pipelines.settings import Home
from pipelines.words import Lang, UserError
from tests.unit.publish.world import FIGURES, SETTINGS


@pytest.fixture
def home(published: Release) -> Iterator[Home]:
    """The home of the shared release; after each test the release is as it was."""
    before = sorted(published.folder.rglob("*"))
    yield Home(published.folder.parents[2])
    assert sorted(published.folder.rglob("*")) == before


def ask(home: Home, sql: str, limits: Limits | None = None) -> Answer:
    return query(home, SETTINGS, sql, limits=limits or Limits())


def test_an_answer_has_columns_rows_and_the_release(home: Home):
    answer = ask(home, "select release, is_demo from public.release")
    assert answer == Answer(
        "2026-10-31-r1", ("release", "is_demo"), (("2026-10-31-r1", True),), is_cut=False
    )


def test_values_are_bound(home: Home):
    answer = query(home, SETTINGS, "select ? || '!'", ["'; drop table x; --"])
    assert answer.rows == (("'; drop table x; --!",),)


@pytest.mark.parametrize(("rows", "is_cut"), [(9, True), (10, False)])
def test_a_long_answer_is_cut_and_says_so(home: Home, rows: int, is_cut: bool):
    answer = ask(home, "select * from range(10)", Limits(rows=rows))
    assert (len(answer.rows), answer.is_cut) == (rows, is_cut)


def test_a_program_gets_every_row(home: Home):
    answer = ask(home, "select * from range(2500)", FOR_PROGRAMS)
    assert (len(answer.rows), answer.is_cut) == (2500, False)


ATTACKS = (
    "select * from read_text('{file}')",
    "select * from read_csv('{file}')",
    "select * from glob('{folder}/*')",
    "select * from '{file}'",
    "copy (select 1) to '{folder}/out.csv'",
    "export database '{folder}/out'",
    "attach '{folder}/other.duckdb'",
    "install httpfs",
    "load httpfs",
    "set memory_limit = '64GB'",
    "set enable_external_access = true",
    "reset lock_configuration",
    "set temp_directory = '{folder}'",
    "create table public.mine (x int)",
    "delete from public.indicator_values",
    "drop view public.visit_count",
    "create persistent secret s (type http)",
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_but_the_database_is_in_reach(home: Home, tmp_path: Path, attack: str):
    file = tmp_path / "secret.csv"
    file.write_text("canary\n", encoding="utf-8")
    with pytest.raises(UserError) as caught:
        ask(home, attack.format(file=file, folder=tmp_path))
    assert caught.value.key == "release.QUERY_REFUSED"
    assert "canary" not in str(caught.value)
    assert list(tmp_path.iterdir()) == [file]


def test_a_query_that_does_not_end_is_stopped(home: Home):
    endless = "select count(*) from range(1000000000) a, range(1000000000) b"
    with pytest.raises(UserError, match=r"longer than 0\.3 seconds"):
        ask(home, endless, Limits(seconds=0.3))


def test_a_mistake_is_one_line_without_a_traceback(home: Home):
    with pytest.raises(UserError, match=r"not answered: .*valu") as caught:
        ask(home, "select valu from public.indicator_values")
    assert caught.value.exit_code == 2
    assert "\n" not in str(caught.value)


def test_show_gives_the_newest_period_first(home: Home):
    answer = show(home, SETTINGS, Wanted("visit_count"))
    years = [row[0].year for row in answer.rows]
    assert years == [2025, 2024]
    totals = {f.year: f.numerator for f in FIGURES if f.region == "990000" and not f.by_value}
    place = answer.columns.index("value")
    assert [row[place] for row in answer.rows] == [totals[2025], totals[2024]]


def test_show_knows_what_was_meant(home: Home):
    with pytest.raises(UserError, match="nearest: visit_count"):
        show(home, SETTINGS, Wanted("visits_count"))


@pytest.mark.parametrize(
    ("wanted", "known"),
    [
        (Wanted("visit_count", level="cuonty"), "county, unit, city, province"),
        (Wanted("visit_count", period_kind="yaer"), "month, quarter, year, ytd"),
    ],
)
def test_a_level_or_period_that_there_is_not_is_refused(home: Home, wanted: Wanted, known: str):
    with pytest.raises(UserError) as caught:
        show(home, SETTINGS, wanted)
    assert (caught.value.exit_code, caught.value.facts["known"]) == (2, known)


def test_an_answer_without_rows_says_so(home: Home, capsys: pytest.CaptureFixture[str]):
    nothing = ask(home, "select 1 as one where false")
    Screen(Lang.EN).answer(nothing, as_json=False)
    assert capsys.readouterr().out.splitlines() == [
        "one", "No row fits; try another level, period or condition."
    ]  # fmt: skip
    Screen(Lang.EN).answer(nothing, as_json=True)
    assert capsys.readouterr().out == "[]\n"


def test_there_must_be_a_release(tmp_path: Path):
    with pytest.raises(UserError, match="petitions run"):
        ask(Home(tmp_path), "select 1")
