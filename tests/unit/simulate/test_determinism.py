"""Same seed, same bytes."""

import json
from datetime import date
from hashlib import sha256

import pytest

from pipelines.settings import Home
from pipelines.simulate.run import simulate

SMALL = {"cases": 2_000, "until": date(2008, 6, 30)}


def contents(home):
    return {
        path.relative_to(home.root).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.root.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    home = Home.at(tmp_path_factory.mktemp("first"))
    simulate(home, **SMALL)
    return home


def test_two_homes_hold_the_same_bytes(first, tmp_path):
    second = Home.at(tmp_path / "second")
    simulate(second, **SMALL)
    assert contents(second) == contents(first)


def test_simulating_again_into_the_same_home_changes_nothing(first):
    before = contents(first)
    simulate(first, **SMALL)
    assert contents(first) == before


def test_another_seed_gives_other_cases(first, tmp_path):
    second = Home.at(tmp_path / "second")
    simulate(second, seed=7, **SMALL)
    register = "inbox/case_register/F01_信访件登记_20080630.csv"
    assert contents(second)[register] != contents(first)[register]


def test_an_earlier_extract_leaves_no_file_of_the_later_one(first, tmp_path):
    home = Home.at(tmp_path / "home")
    simulate(home, cases=1_000, until=date(2007, 6, 30))
    simulate(home, **SMALL)
    assert contents(home) == contents(first)


def test_a_world_without_the_newer_systems_sends_their_files_empty_and_says_so(first):
    truth = json.loads((first.root / "truth.json").read_text(encoding="utf-8"))
    counts = truth["systems"]["counts"]
    assert (counts["court_letters"], counts["sentinel_reports"]) == (0, 0)
    assert truth["rows"]["court_petitions"] == truth["rows"]["people_call_steps"] == 0
    assert counts["agenda_candidates"] > 0
