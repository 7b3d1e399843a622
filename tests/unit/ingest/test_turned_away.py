"""Each file that no rows were taken from is listed once, with a sentence in both languages."""

import pytest

from pipelines.ingest.turned_away import list_turned_away, read_turned_away
from pipelines.words import Lang
from tests.unit.ingest.world import CASES_PATH, GOOD_ROW, cases


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("elsewhere.csv", "a,b\n1,2\n", "UNCLAIMED"),
        ("台账.rar", "Rar!", "F_TYPE"),
        ("某单位/台账.ET", "x", "F_TYPE"),
        ("报送.eml", "Subject: x\n\n", "F_TYPE"),
        ("case_register/no_date.csv", cases(GOOD_ROW), "F_NAME"),
        ("case_register/F02_信访件登记_20261031.csv", "信访编号,登记机构\nA1,F0101\n", "F_HEADER"),
        ("case_register/F03_信访件登记_20261031.csv", "", "F_EMPTY"),
    ],
)
def test_a_file_without_rows_is_named_with_its_reason(world, name, content, reason):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.drop(name, content)
    report = world.land()
    world.build()
    (found,) = list_turned_away(world.home, report)
    assert (found.name, found.reason) == (name, reason)
    for lang in Lang:
        assert found.sentence(lang).startswith(name)
    assert read_turned_away(world.home) == [found]


def test_a_file_that_is_mended_is_named_no_more(world):
    world.drop("case_register/no_date.csv", cases(GOOD_ROW))
    assert list_turned_away(world.home, world.land())
    (world.home.inbox / "case_register/no_date.csv").unlink()
    world.drop(CASES_PATH, cases(GOOD_ROW))
    assert list_turned_away(world.home, world.land()) == []
    assert read_turned_away(world.home) == []


def test_a_damaged_list_is_no_list(world):
    world.land()
    (world.home.warehouse / "turned_away.json").write_text("[{", encoding="utf-8")
    assert read_turned_away(world.home) == []


def test_a_mail_in_the_inbox_is_sent_to_the_command_that_reads_it(world):
    world.drop("报送.eml", "Subject: x\n\n")
    (found,) = list_turned_away(world.home, world.land())
    for lang in Lang:
        assert "petitions collect" in found.sentence(lang)
