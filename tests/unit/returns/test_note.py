"""The note to an office: what came in, what is missing or late, what was refused."""

from dataclasses import replace
from pathlib import Path

from pipelines.ingest.reasons import FileReason, RecordReason, Remark
from pipelines.words import load_words
from tests.unit.ingest.world import CASES_PATH, GOOD_ROW, World, cases
from tests.unit.returns.office import export

STEPS = "信访编号,步骤序号,步骤,时间\nA1,1,受理,2026-01-07\n"


def notes(world: World, tmp_path: Path) -> dict[str, str]:
    made = export(world, tmp_path / "returns")
    return {one.sender: (one.folder / "回执.txt").read_text(encoding="utf-8") for one in made}


def test_it_tells_what_came_in_and_what_was_refused(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases(GOOD_ROW, "A2,M2,F0101,昨天,2", "A3,M3,F0101,昨天,2"))
    world.judge()
    note = notes(world, tmp_path)["F01"]
    assert "F01_信访件登记_20261031.csv（信访件登记表，截至 2026-10-31）：3 条，采用 1 条" in note
    assert "不是日期，或不是所约定的写法（E_DATE）：2 条" in note
    assert "3 records, 1 taken" in note
    assert "昨天" not in note


def test_an_office_of_which_nothing_came_is_told_so(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.settings = replace(world.settings, expected_offices=("F01", "F09"))
    world.judge()
    assert "尚未收到本单位的任何文件" in notes(world, tmp_path)["F09"]


def test_it_tells_who_is_late_and_what_others_send(world: World, tmp_path: Path):
    for office in ("F01", "F02", "F03"):
        day = "20260930" if office == "F01" else "20261031"
        name = f"{office}_信访件登记_{day}.csv"
        world.drop(f"case_register/{name}", cases(GOOD_ROW.replace("A1", office)))
        if office != "F01":
            world.drop(f"step_log/{office}_办理步骤_20261031.csv", STEPS.replace("A1", office))
    world.judge()
    found = notes(world, tmp_path)
    assert "本单位截至 2026-09-30，其他单位已至 2026-10-31，相差 31 天" in found["F01"]
    assert "未收到：办理步骤日志" in found["F01"]
    assert "迟报" not in found["F02"]
    assert "未收到" not in found["F02"]


def test_it_tells_which_periods_no_file_covers(world: World, tmp_path: Path):
    for month, days in (("01", "31"), ("03", "31")):
        path = f"case_register/F01_{month}.csv"
        world.drop(path, cases(GOOD_ROW.replace("A1", month)))
        said = f"sender: F01\nas_of: 2026-10-31\nstart: 2026-{month}-01\nend: 2026-{month}-{days}\n"
        world.drop(f"{path}.meta.yml", said)
    world.judge()
    assert "2026-02-01 至 2026-02-28 没有文件" in notes(world, tmp_path)["F01"]


def test_a_file_that_could_not_be_read_is_told_with_its_remedy(world: World, tmp_path: Path):
    world.drop(CASES_PATH, "编号,别的\n1,2\n")
    world.judge()
    note = notes(world, tmp_path)["F01"]
    assert "标题行缺少必需的列" in note
    assert "which is required" in note
    assert "已收到 1 个文件，其中 1 个未能读取" in note
    assert "尚未收到" not in note


def test_a_source_of_which_a_file_came_in_is_not_missing(world: World, tmp_path: Path):
    for office in ("F01", "F02", "F03"):
        name = f"case_register/{office}_信访件登记_20261031.csv"
        world.drop(name, cases(GOOD_ROW.replace("A1", office)))
        step = "编号,别的\n1,2\n" if office == "F01" else STEPS.replace("A1", office)
        world.drop(f"step_log/{office}_办理步骤_20261031.csv", step)
    world.judge()
    note = notes(world, tmp_path)["F01"]
    assert "已收到 2 个文件，其中 1 个未能读取" in note
    assert "未收到" not in note


def test_one_office_is_not_most(world: World, tmp_path: Path):
    world.drop(CASES_PATH, cases(GOOD_ROW))
    world.settings = replace(world.settings, expected_offices=("F01", "F09"))
    world.judge()
    assert "多数单位" not in notes(world, tmp_path)["F09"]


def test_an_office_is_told_nothing_of_mappings_that_it_cannot_change():
    returned = {f"ingest.{reason}" for reason in (*FileReason, *RecordReason, *Remark)}
    for key, sentence in load_words().items():
        if key.removesuffix("_NAMED").removesuffix("_MAIL").removesuffix("_EML") in returned:
            for words in sentence.values():
                for told in (
                    "来源文件",
                    "来源配置",
                    "format.",
                    "aliases",
                    "`values`",
                    "corrections",
                ):
                    assert told not in words, key
