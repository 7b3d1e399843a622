"""The page that a new user follows: its commands work, in its order, on a file never seen."""

import re
import shlex
from pathlib import Path

import openpyxl
import pytest
import yaml

from pipelines.contract import load_tables
from pipelines.ingest.provenance import SIDECAR_FACTS
from pipelines.settings import PACKAGE, PROJECT
from pipelines.validate.corrections import Outcome
from pipelines.validate.decisions import HEADER, ROLES, WHOLE_RECORD
from pipelines.validate.exports import HELD
from tests.homes import call

PAGES = {
    lang: (PROJECT / "docs" / name).read_text(encoding="utf-8")
    for lang, name in {"en": "your_own_exports.md", "zh": "your_own_exports.zh.md"}.items()
}
FILE = "X07_appeals_20261031.csv"
MISTAKE, MENDED = "昨天", "2026年5月6日"


def blocks(page: str) -> list[str]:
    return re.findall(r"```\n(.*?)```", page, re.DOTALL)


def an_export() -> str:
    rows = ["群众诉求受理台账,,,,,,", "受理单号,诉求人,手机,反映渠道,来件日期,办结日期,反映人数"]
    for number in range(1, 201):
        day = MISTAKE if number == 99 else f"2026年{number % 9 + 1}月{number % 28 + 1}日"
        person = f"王小明,139{number:08d}"
        rows.append(f"SL{number:05d},{person},来信,{day},2026/10/{number % 28 + 1},2人")
    return "\r\n".join(rows)


def test_both_pages_show_the_same_commands():
    assert blocks(PAGES["en"]) == blocks(PAGES["zh"])


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_mark_that_is_mapped_fills_a_column_with_its_codes(page: str):
    columns = {column.name: column for column in load_tables(PACKAGE / "model")["cases"].columns}
    lines = re.findall(r"`(\S+: \{to: .*\})`", page)
    assert lines
    for line in lines:
        [mapping] = yaml.safe_load(line).values()
        assert set(mapping["values"].values()) <= set(columns[mapping["to"]].codes)


@pytest.mark.parametrize(
    ("readme", "page"),
    [("README.md", "your_own_exports.md"), ("README.zh.md", "your_own_exports.zh.md")],
)
def test_the_readme_leads_there(readme: str, page: str):
    assert f"(docs/{page})" in (PROJECT / readme).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_what_a_person_can_decide_is_told_whole(page: str):
    assert f"    {','.join(HEADER)}\n" in page
    assert "    accepted_changes = [" in page
    words = {*ROLES, *Outcome, *WHOLE_RECORD, *SIDECAR_FACTS, *HELD, "missing_dates"}
    assert {word for word in words if f"`{word}" not in page} == set()


@pytest.mark.slow
def test_its_commands_work_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    (tmp_path / FILE).write_bytes(an_export().encode("gb18030"))
    settings, *shown = blocks(PAGES["en"])
    home = tmp_path / "data"
    home.mkdir()
    (home / "petitions.toml").write_text(settings, encoding="utf-8")
    said = ""
    for line in filter(None, "\n".join(shown).splitlines()):
        program, *arguments = shlex.split(line)
        assert program == "petitions"
        if "replay" in arguments:
            mend(tmp_path / arguments[-1])
        done = call(home, *arguments)
        is_trial = arguments[:2] == ["source", "check"]
        assert done.returncode == (1 if is_trial else 0), (line, done.stdout, done.stderr)
        said += done.stdout + done.stderr
    assert "王小明" not in said
    assert "139000" not in said
    receipts = call(home, "receipts", "--totals").stdout
    assert "1 quarantined" in receipts  # the history of the one that was mended


def mend(folder: Path) -> None:
    (path,) = folder.glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    for cell in book.active[2]:
        if cell.value == MISTAKE:
            cell.value = MENDED
    book.save(path)
