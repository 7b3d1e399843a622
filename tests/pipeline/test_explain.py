"""Published figures traced back: counted once more from the originals, and explained by the CLI."""

import csv
import json
import random
import shutil
import stat
from collections.abc import Iterator
from math import isclose
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.engine.indicator import Kind
from pipelines.explain.explanation import explain
from pipelines.explain.figure import Address, Figure, find_figure
from pipelines.explain.records import TRACED, Definitions, trace_records
from pipelines.run import Installation, frame_of
from pipelines.settings import Home
from pipelines.words import UserError
from tests.pipeline.oracle.figures import INDICATORS, Counted, Recount, Row, wilson
from tests.pipeline.oracle.originals import Originals

SEED = 20261031
TOLERANCE = 1e-9
FEWEST_INDICATORS = 20


@pytest.fixture(scope="module")
def release(
    published: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of the release's database, so that the program may open its own."""
    copy = tmp_path_factory.mktemp("release") / "petitions.duckdb"
    shutil.copy(published / "published" / "latest" / copy.name, copy)
    with duckdb.connect(copy, read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def recounted(published: Path) -> Recount:
    return Recount(Originals(published))


def shown(con: duckdb.DuckDBPyConnection, indicator: str) -> list[Row]:
    return rows_of(con, indicator, "ok")


def rows_of(con: duckdb.DuckDBPyConnection, indicator: str, state: str) -> list[Row]:
    found = con.execute(
        "select * from public.indicator_values where indicator = ? and state = ? order by all",
        [indicator, state],
    )
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def draw(con: duckdb.DuckDBPyConnection, recounted: Recount, number: int, seed: int) -> list[Row]:
    """Shown figures at random, each indicator in its turn."""
    rng = random.Random(seed)  # noqa: S311 - a draw that can be drawn again
    hats = [[row for row in shown(con, name) if recounted.can(row)] for name in INDICATORS]
    for hat in hats:
        rng.shuffle(hat)
    drawn: list[Row] = []
    while len(drawn) < number and any(hats):
        drawn += [hat.pop() for hat in hats if hat]
    return drawn[:number]


def differences(row: Row, counted: Counted) -> list[str]:
    """The numbers of a published figure that a recount does not give."""
    wrong = [
        name
        for name in ("numerator", "denominator", "n")
        if (again := getattr(counted, name)) is not None and again != row[name]
    ]
    values = {"value": counted.value}
    if row["low"] is not None and counted.numerator is not None and counted.denominator:
        values["low"], values["high"] = wilson(counted.numerator, counted.denominator)
    wrong += [
        name
        for name, again in values.items()
        if again is None or not isclose(again, row[name], rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    ]
    return wrong


def disagreements(
    con: duckdb.DuckDBPyConnection, recounted: Recount, number: int, seed: int
) -> list[Any]:
    rows = draw(con, recounted, number, seed)
    assert len(rows) == number
    assert len({row["indicator"] for row in rows}) >= FEWEST_INDICATORS
    return [(row, wrong) for row in rows if (wrong := differences(row, recounted.figure(row)))]


def test_a_hundred_random_figures_agree_with_a_recount_of_the_originals(release, recounted):
    assert disagreements(release, recounted, 100, SEED) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_thousand_random_figures_agree(release, recounted, seed):
    assert disagreements(release, recounted, 1_000, seed) == []


@pytest.mark.parametrize("name", ["value", "numerator", "denominator", "n", "low"])
def test_a_figure_that_is_off_by_little_does_not_agree(release, recounted, name):
    rows = (row for row in shown(release, "ontime_closure_rate") if recounted.can(row))
    row = next(rows)
    counted = recounted.figure(row)
    assert differences(row, counted) == []
    off = row[name] + (1 if isinstance(row[name], int) else 1e-8)
    assert differences(row | {name: off}, counted) == [name]


@pytest.fixture(scope="module")
def installation(published: Path) -> Installation:
    return Installation.at(published)


def test_the_records_found_add_up_to_figures_of_every_indicator(installation, release):
    rng = random.Random(SEED)  # noqa: S311 - a draw that can be drawn again
    traced: set[str] = set()
    with duckdb.connect(installation.home.staging, read_only=True) as con:
        frame = frame_of(con, installation)
        for name, indicator in installation.indicators.items():
            rows = shown(release, name) if indicator.query else []
            for row in rng.sample(rows, min(2, len(rows))):
                defined = Definitions(installation.tables, indicator, frame)
                trace_records(con, defined, Figure(name, row))
                ((found,),) = con.execute(f"select count(*) from {TRACED}").fetchall()
                # The n of a composition is that of its whole; a class of it may have no record.
                is_part = indicator.kind is Kind.COMPOSITION
                assert found > 0 or row["numerator" if is_part else "n"] == 0, row
                traced.add(name)
    assert len(traced) > len(installation.indicators) / 2


@pytest.mark.parametrize("seed", range(3))
def test_the_records_of_a_count_are_those_of_the_originals(
    published, release, recounted, tmp_path, seed
):
    rows = [row for row in shown(release, "submission_count") if recounted.can(row)]
    row = random.Random(seed).choice(rows)  # noqa: S311 - a draw that can be drawn again
    found = explain(Home(published), address(row), folder=tmp_path / "traced")
    named = {(line["file_id"], line["record_no"]) for line in lines_of(Path(found.records))}
    stated = {(case.record["file"], case.record["no"]): case for case in recounted.world.cases}
    here = [case for place, case in stated.items() if place in named]
    assert len(named) == len(here) == row["numerator"]
    for case in here:
        assert row["period_start"] <= case.on < row["period_end"]
        assert not row["by_name"] or case.by[row["by_name"]] == row["by_value"]


def address(row: Row) -> str:
    start = row["period_start"]
    period = {
        "year": f"{start:%Y}",
        "quarter": f"{start:%Y}-Q{(start.month + 2) // 3}",
        "month": f"{start:%Y-%m}",
        "ytd": f"{start:%Y}-ytd",
    }[row["period_kind"]]
    parts = [f"{row['indicator']}.{row['measure']}", row["region_code"], period]
    return "/".join([*parts, *([f"{row['by_name']}={row['by_value']}"] if row["by_name"] else [])])


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("indicator", ["submission_count", "leader_visit_count"])
def test_every_kind_of_address_finds_its_own_figure(release, indicator):
    rows = shown(release, indicator)
    kinds = {(row["period_kind"], row["level"], row["by_name"]): row for row in rows}
    for row in kinds.values():
        asked = address(row)
        found = find_figure(release, "r1", Address.read(asked))
        assert (found.address, found.row) == (asked, row)


# The command line


def test_a_figure_is_explained_from_the_release(release, petitions):
    row = next(r for r in shown(release, "resolution_time_median") if r["by_name"] == "")
    done = petitions("explain", address(row))
    assert done.returncode == 0, done.stderr
    for part in (f"exactly {row['value']!r}", f"from {row['n']:,} units", "case_register"):
        assert part in done.stdout
    assert "from case_timelines" in done.stdout
    said = json.loads(petitions("explain", address(row), "--json").stdout)
    assert (said["figure"], said["row"]["value"]) == (address(row), row["value"])
    assert len(said["definition"]["code_version"]) == 16
    assert {"cases", "case_events"} == {one["table_name"] for one in said["exports"]}
    assert {rule["rule_id"] for rule in said["rules"]} == set(row["rule_id"].split())
    assert "定义版本" in petitions("explain", address(row), "--lang", "zh").stdout


def test_record_numbers_go_to_a_file_of_the_owner_and_nowhere_else(release, petitions, tmp_path):
    row = shown(release, "submission_count")[0]
    folder = tmp_path / "traced"
    done = petitions("explain", address(row), "--to", str(folder))
    assert done.returncode == 0, done.stderr
    files, records = sorted(folder.iterdir())
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder, files, records)]
    assert modes == [0o700, 0o600, 0o600]
    assert str(files) in done.stdout
    assert len(lines_of(records)) == row["value"]
    assert sum(int(line["records_counted"]) for line in lines_of(files)) == row["value"]
    for line in lines_of(files):
        assert line["file"] not in done.stdout


def test_of_a_duty_only_the_files_are_told(published, release, tmp_path):
    row = shown(release, "visit_duty_compliance")[0]
    found = explain(Home(published), address(row), folder=tmp_path / "traced")
    assert found.ends_at_files == ("leader_visits",)
    assert lines_of(Path(found.records)) == []
    files = lines_of(Path(found.files))
    assert {(line["table"], line["records_counted"]) for line in files} == {("leader_visits", "")}


def test_a_hidden_figure_tells_nothing_of_its_size(release, petitions, tmp_path):
    [hidden] = (
        release.execute(
            "select * from public.indicator_values where indicator = 'submission_count' "
            "and state = 'hidden' and by_name = '' order by all limit 1"
        )
        .fetchdf()
        .to_dict("records")
    )
    hidden["period_start"] = hidden["period_start"].date()
    done = petitions("explain", address(hidden), "--to", str(tmp_path / "traced"))
    assert (done.returncode, done.stderr) == (0, "")
    assert "[c]" in done.stdout
    assert "below 10" in done.stdout
    assert not (tmp_path / "traced").exists()
    said = json.loads(petitions("explain", address(hidden), "--json").stdout)
    numbers = {"value", "numerator", "denominator", "n", "low", "high", "reason", "flags"}
    assert numbers.isdisjoint(said["row"])
    assert (said["records"], said["hidden_by"]["k"]) == ("", 10)


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("submission_count", "no address of a figure"),
        ("submission_count//2024", "no address of a figure"),
        ("submision_count/990000/2024", "submission_count"),
        ("submission_count.persons/990000/2024", "submissions"),
        ("submission_count/云川/2024", "云川区"),
        ("submission_count/990000/2024-Q5", "2024-Q4"),
        ("submission_count/990000/2024/channel=leter", "channel=letter"),
    ],
)
def test_a_figure_that_is_not_there_is_a_sentence_with_the_nearest(release, figure, said):
    with pytest.raises(UserError, match=said) as refused:
        find_figure(release, "2026-10-31-r1", Address.read(figure))
    assert refused.value.exit_code == 2


def test_a_wrong_address_is_no_traceback(petitions):
    done = petitions("explain", "submission_count")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no address of a figure" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_release_that_is_not_there_is_named(petitions):
    done = petitions("explain", "submission_count/990000/2024", "--release", "2020-01-31-r1")
    assert done.returncode == 2
    assert "2020-01-31-r1" in done.stderr


def test_readers_without_the_warehouse_get_all_but_the_records(published, release, tmp_path):
    home = tmp_path / "reader"
    shutil.copytree(published / "published", home / "published", symlinks=True)
    shutil.copy(published / "petitions.toml", home)
    row = shown(release, "submission_count")[0]
    found = explain(Home(home), address(row))
    assert (found.row, found.records) == (row, "")
    with pytest.raises(UserError, match="petitions run"):
        explain(Home(home), address(row), folder=tmp_path / "traced")


def test_a_warehouse_that_has_moved_on_tells_no_records(published, release, tmp_path):
    home = tmp_path / "later"
    shutil.copytree(published / "published", home / "published", symlinks=True)
    for part in ("petitions.toml", "warehouse/staging.duckdb"):
        (home / part).parent.mkdir(exist_ok=True)
        shutil.copy(published / part, home / part)
    row = shown(release, "submission_count")[0]
    with duckdb.connect(Home(home).staging) as con:
        con.execute("update indicators.indicator_values set n = n + 1, numerator = numerator + 1")
    with pytest.raises(UserError, match="another figure"):
        explain(Home(home), address(row), folder=tmp_path / "traced")
    assert list((tmp_path / "traced").iterdir()) == []
