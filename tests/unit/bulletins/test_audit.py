"""Real bulletins, each with the findings that arithmetic gives; and files that cannot be used."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.bulletins.audit import audit_bulletin
from pipelines.settings import PROJECT
from pipelines.words import Lang, UserError

BULLETINS = PROJECT / "data" / "samples" / "bulletins"
HOLDS = "consistent"
# By bulletin, the verdict on each relation in the order of the file.
EXPECTED = {
    # 124,599 + 56,672 + 1,983 + 1,182 + 890 + 415 + 9,791 = 195,532 and not 284,406
    "tangshan_2024_11": ["contradicts", "contradicts", HOLDS],
    # 67,883 + 107,308 - 109,976 = 65,215
    "cpgrams_2023_02": [HOLDS],
    # 66,622 + 124,823 - 119,706 = 71,739 and not 71,743; a month before, 65,215 and not 66,622
    "cpgrams_2023_03": ["contradicts", "contradicts", "caution"],
    "korea_epeople_2020": ["contradicts"],
    # 110 / 72, 1,731 / 1,191, 76 / 43 and 1,677 / 1,144 are possible, 178 and 168 are not
    "a_city_monthly": [HOLDS, HOLDS, HOLDS, HOLDS, "contradicts", "contradicts", HOLDS],
    "zhejiang_visits": ["not_comparable", "not_comparable"],
    "mediation_units_mixed": ["contradicts"],
    # between 273,000 / 276,000 = 98.9 % and 274,000 / 275,000 = 99.6 %
    "zhejiang_mediation_2020": [HOLDS],
    # 22 + 43 = 1 + 57 + 7 = 11 + 9 + 15 + 30 = 65, and eleven classes too
    "ganyu_letter_boxes": [HOLDS] * 4,
    # 78,589 + 4,629 = 41,489 + 41,729 = 83,218, and nine sources too
    "lianyungang_2020_09": [HOLDS] * 8,
    # six sources and five types of 38,447; 15,390 + 2,013 + 710 = 18,113
    "yichun_2023_05": [HOLDS] * 8,
    "beijing_12345": [HOLDS] * 4,
}


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "bulletin.yml"
    path.write_text(text, encoding="utf-8")
    return path


def bulletin(relations: str, **figures: str) -> str:
    lines = [f"  {name}: {{zh: {name}, en: {name}, {keys}}}" for name, keys in figures.items()]
    return "\n".join(
        ["title: {zh: 例, en: Example}", "figures:", *lines, "relations:", f"  - {relations}"]
    )


def verdict(tmp_path: Path, relations: str, **figures: str) -> tuple[str, str]:
    (finding,) = audit_bulletin(written(tmp_path, bulletin(relations, **figures))).findings
    return finding.verdict.value, finding.key


def test_every_sample_has_an_expectation():
    assert {path.stem for path in BULLETINS.glob("*.yml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_samples_fail_and_pass_as_they_should(name: str):
    audit = audit_bulletin(BULLETINS / f"{name}.yml")
    assert [finding.verdict.value for finding in audit.findings] == EXPECTED[name]
    assert audit.is_consistent == ("contradicts" not in EXPECTED[name])


@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize("name", EXPECTED)
def test_every_finding_can_be_said(name: str, lang: Lang):
    lines = audit_bulletin(BULLETINS / f"{name}.yml").lines(lang)
    assert len(lines) == 2 + len(EXPECTED[name])
    assert not any("{" in line for line in lines)


def test_a_sentence_says_by_how_much():
    (first, *_) = audit_bulletin(BULLETINS / "cpgrams_2023_03.yml").lines(Lang.ZH)[1:]
    assert first == (
        "  ✗ 矛盾  存量与流量不平衡：2月末存量（66622），加收到（124823），减办结（119706），"
        "应得71,739；刊出的是3月存量（71743），相差+4。"
    )


@pytest.mark.parametrize(
    ("relation", "figures", "expected"),
    [
        # approximate figures are refuted only where no values in them would do
        (
            "{kind: sum, whole: a, parts: [b, c]}",
            {"a": "printed: 近20人", "b": "printed: 7人", "c": "printed: 5人左右"},
            ("consistent", "SUM_HOLDS"),
        ),
        (
            "{kind: sum, whole: a, parts: [b, c]}",
            {"a": "printed: 不到12人", "b": "printed: 7人", "c": "printed: 5人"},
            ("contradicts", "SUM_FAILS"),
        ),
        (
            "{kind: change, now: a, change: c, before: b}",
            {"a": "printed: 110批", "b": "printed: 72批", "c": "printed: 上升52.78%"},
            ("consistent", "CHANGE_HOLDS"),
        ),
        (
            "{kind: change, now: a, change: c, before: b}",
            {"a": "printed: 110批", "b": "printed: 73批", "c": "printed: 上升52.78%"},
            ("contradicts", "CHANGE_FAILS"),
        ),
        (
            "{kind: change, now: a, change: c}",
            {"a": "printed: 超过2000万件", "c": "printed: 上升0.01%"},
            ("consistent", "CHANGE_WIDE"),
        ),
        # 1 of 3 is 33.3 %, 2 of 3 are 66.7 %: nothing is 50 %
        (
            "{kind: share, share: s, whole: w}",
            {"s": "printed: 50.0%", "w": "printed: 3件"},
            ("contradicts", "SHARE_IMPOSSIBLE"),
        ),
        (
            "{kind: share, share: s, whole: w, part: p}",
            {"s": "printed: 120%", "w": "printed: 10件", "p": "printed: 12件"},
            ("contradicts", "SHARE_FAILS"),
        ),
        # 436 batches at one visit by more than 100 leaders
        (
            "{kind: ratio, ratio: r, numerator: n, denominator: d}",
            {"r": "printed: 1.53人", "n": "printed: 667人次", "d": "printed: 436批"},
            ("consistent", "RATIO_HOLDS"),
        ),
        (
            "{kind: ratio, ratio: r, numerator: n, denominator: d}",
            {"r": "printed: 1.60人", "n": "printed: 667人次", "d": "printed: 436批"},
            ("contradicts", "RATIO_FAILS"),
        ),
        (
            "{kind: closed_mean, mean: m, opening: o, closing: c}",
            {"m": "printed: 16天", "o": "printed: 500件", "c": "printed: 500件"},
            ("consistent", "MEAN_STEADY"),
        ),
        (
            "{kind: sum, whole: a, parts: [b]}",
            {"a": "printed: 5件, scope: 全市", "b": "printed: 5件, scope: 市本级"},
            ("not_comparable", "SCOPES_DIFFER"),
        ),
    ],
)
def test_one_relation(
    tmp_path: Path, relation: str, figures: dict[str, str], expected: tuple[str, str]
):
    assert verdict(tmp_path, relation, **figures) == expected


GOOD = bulletin("{kind: sum, whole: a, parts: [b]}", a="printed: 5件", b="printed: 5件")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("figures: [", "line 1 is not YAML"),
        ("- 1", "should be keys with values"),
        (GOOD.replace("title:", "titel:"), "unknown key `titel`; expected: title"),
        (GOOD.replace("printed: 5件}", "printd: 5件}"), "unknown key `figures.a.printd`"),
        (GOOD.replace("en: a,", ""), "`figures.a.en` is missing"),
        (GOOD.replace("printed: 5件", "printed: 很多"), "`figures.a.printed`: “很多”"),
        (GOOD.replace("printed: 5件", "printed: [5]"), "`figures.a.printed` should be a text"),
        (GOOD.replace("kind: sum", "kind: total"), "`relations[1].kind` is no kind"),
        (GOOD.replace("parts: [b]", "parts: b"), "`relations[1].parts` should be a list"),
        (GOOD.replace("whole: a", "whole: [a]"), "`relations[1].whole` should be the name"),
        (GOOD.replace("parts: [b]", "parts: [z]"), "`relations[1].parts` names `z`"),
        (GOOD.replace(", parts: [b]", ""), "`relations[1].parts` is missing"),
        (GOOD.replace("whole: a,", "whole: a, part: b,"), "unknown key `relations[1].part`"),
        (GOOD.split("relations")[0], "`relations` is missing"),
        (GOOD.split("relations")[0] + "relations: []", "`relations` should be a list"),
        ("x" * (1 << 20) + "x", "larger than 1 MiB"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_its_key(tmp_path: Path, text: str, said: str):
    with pytest.raises(UserError) as refused:
        audit_bulletin(written(tmp_path, text))
    assert said in refused.value.sentence(Lang.EN)
    assert refused.value.exit_code == 2


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path: Path):
    latin = tmp_path / "latin.yml"
    latin.write_bytes(b"title: \xff")
    for path, said in ((tmp_path / "none.yml", "cannot be read"), (latin, "not UTF-8")):
        with pytest.raises(UserError, match=said):
            audit_bulletin(path)


def petitions(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from pipelines.cli import main; main()", *arguments],
        env=os.environ | {"LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_verb_exits_with_its_verdict(tmp_path: Path):
    good, bad = BULLETINS / "yichun_2023_05.yml", BULLETINS / "tangshan_2024_11.yml"
    assert petitions("audit", good).returncode == 0
    found = petitions("audit", bad, "--json")
    answer = json.loads(found.stdout)
    assert found.returncode == 1
    assert answer["is_consistent"] is False
    assert answer["counts"] == {
        "consistent": 1, "caution": 0, "not_comparable": 0, "contradicts": 2
    }  # fmt: skip
    assert answer["findings"][0]["gap"] == "+88,874"
    wrong = petitions("audit", written(tmp_path, "figures: 1"))
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
