"""Whose home it is: demo and real never share one."""

import json
import tomllib
from datetime import date

import pytest

from pipelines.settings import PROJECT, SHIPPED_REFERENCE, Home, Settings
from pipelines.simulate.run import simulate
from pipelines.words import Lang, UserError

SMALL = {"cases": 1_000, "until": date(2006, 6, 30)}


def put(path, text="x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def vault_of(home, names):
    for name in names:
        put(home.vault / "objects" / name[:2] / name)


def refuse(home, key, **arguments):
    with pytest.raises(UserError) as caught:
        simulate(home, **(SMALL | arguments))
    assert caught.value.key == f"simulate.{key}"
    assert caught.value.exit_code == 2
    for lang in Lang:
        assert "{" not in caught.value.sentence(lang)
    return caught.value


@pytest.fixture
def home(tmp_path):
    return Home.at(tmp_path / "home")


@pytest.fixture
def simulated(home):
    simulate(home, **SMALL)
    return home


def test_the_settings_say_that_it_is_a_demo(simulated):
    settings = Settings.load(simulated)
    assert settings.is_demo
    assert settings.region_set == "fictional"
    assert settings.expected_offices == tuple(f"F{n:02d}" for n in range(1, 12))
    assert settings.next_releases == (date(2006, 8, 20), date(2006, 9, 20), date(2006, 10, 20))


def test_the_home_has_its_own_reference_files(simulated):
    names = {path.name for path in simulated.reference.iterdir()}
    assert names == {
        "rule_calendar.csv",
        "offices.csv",
        "population.csv",
        "calendar_days.csv",
        "series_breaks.csv",
    }
    breaks = (simulated.reference / "series_breaks.csv").read_text(encoding="utf-8").splitlines()
    assert len(breaks) > 1
    assert all(",fictional," in line for line in breaks[1:])


def test_no_half_written_folder_is_left(simulated):
    assert {path.name for path in simulated.root.iterdir()} == {
        "inbox",
        "petitions.toml",
        "reference",
        "truth.json",
    }


def test_a_run_that_was_broken_off_is_begun_anew(home):
    put(home.root / ".simulating" / "case_register" / "half.csv")
    simulate(home, **SMALL)
    assert not (home.root / ".simulating").exists()


def test_a_home_for_real_data_is_refused_and_left_as_it_was(home):
    settings = put(home.root / "petitions.toml", 'publisher = "an office"\n')
    error = refuse(home, "NOT_A_DEMO_HOME")
    assert str(home.root) in str(error)
    assert list(home.root.iterdir()) == [settings]
    assert tomllib.loads(settings.read_text(encoding="utf-8")) == {"publisher": "an office"}


def test_a_vault_with_other_objects_is_refused(home):
    vault_of(home, ["ab" * 32])
    refuse(home, "OTHER_OBJECTS")
    assert not home.inbox.exists()


def test_a_vault_with_our_own_objects_and_one_other_is_refused(simulated):
    names = [path.name for path in simulated.inbox.rglob("*.csv")]
    assert names
    hashes = [file["sha256"] for file in _truth(simulated)["files"]]
    vault_of(simulated, hashes)
    simulate(simulated, **SMALL)
    vault_of(simulated, ["cd" * 32])
    refuse(simulated, "OTHER_OBJECTS")


def test_another_world_in_the_vault_is_refused(simulated):
    vault_of(simulated, [_truth(simulated)["files"][0]["sha256"]])
    refuse(simulated, "OTHER_WORLD", seed=1)


def test_exports_of_others_in_the_inbox_are_refused(home):
    put(home.inbox / "case_register" / "real.csv")
    assert refuse(home, "OTHER_INBOX").facts["count"] == 1


def test_the_shipped_reference_is_never_overwritten():
    shipped = Home.at(PROJECT / "data")
    assert shipped.reference == SHIPPED_REFERENCE
    refuse(shipped, "SHIPPED_REFERENCE")


@pytest.mark.parametrize("until", [date(2004, 12, 30), date(2032, 12, 31)])
def test_an_extract_outside_the_lunar_table_is_refused(home, until):
    refuse(home, "UNTIL_OUT_OF_RANGE", until=until)


@pytest.mark.parametrize("cases", [0, 999, 50_000_001])
def test_too_few_or_too_many_cases_are_refused(home, cases):
    refuse(home, "CASES_OUT_OF_RANGE", cases=cases)


def _truth(home):
    return json.loads((home.root / "truth.json").read_text(encoding="utf-8"))
