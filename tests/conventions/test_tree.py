"""Laws of the tree that no linter knows."""

import re
import subprocess
import tomllib

import pytest
import yaml

from pipelines.contract import load_tables
from pipelines.settings import PACKAGE, PROJECT
from pipelines.validate.rules import rule_table
from pipelines.words import load_words

CODE = (".py", ".sql", ".j2", ".js", ".css")


def tracked(*endings: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git of the checkout
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = listed.stdout.splitlines()
    return [n for n in names if n.endswith(endings) and (PROJECT / n).is_file()]


def text_of(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def test_no_code_file_is_longer_than_400_lines():
    long = {n: len(text_of(n).splitlines()) for n in tracked(*CODE)}
    assert {n: lines for n, lines in long.items() if lines > 400} == {}


def test_the_engine_stays_small_and_knows_nothing_of_petitions():
    modules = [n for n in tracked(".py") if n.startswith("pipelines/engine/")]
    assert sum(len(text_of(n).splitlines()) for n in modules) < 2000
    words = re.compile(r"\b(petitioner|visit|leader|reception|satisfaction)s?\b", re.IGNORECASE)
    assert {n for n in modules if words.search(text_of(n))} == set()


@pytest.mark.parametrize("pattern", [r"#\s*noqa\s*$", r"#\s*type:\s*ignore\s*$", r"ruff:\s*noqa"])
def test_no_blanket_exemption(pattern):
    me = "tests/conventions/test_tree.py"
    found = [n for n in tracked(".py") if n != me and re.search(pattern, text_of(n), re.MULTILINE)]
    assert found == []


def test_every_narrow_exemption_has_its_reason():
    bare = re.compile(r"#\s*noqa: [A-Z0-9, ]+(?!.*-)\s*$", re.MULTILINE)
    assert {n: bare.findall(text_of(n)) for n in tracked(".py") if bare.search(text_of(n))} == {}


def test_no_machine_path_and_no_index_host():
    forbidden = re.compile(
        r"(?<![\w.])/(work|root|home/[a-z]+)/[A-Za-z.]|index-url\s+http|://[^ ]*/simple(/|$)"
    )
    names = tracked(
        ".py", ".sql", ".md", ".toml", ".yml", ".yaml", ".lock", ".json", "Makefile", "run"
    )
    me = "tests/conventions/test_tree.py"
    assert [n for n in names if n != me and forbidden.search(text_of(n))] == []


def test_no_module_is_called_utils_helpers_or_manager():
    names = re.compile(r"(utils?|helpers?|manager|misc|common)\.py$")
    assert [n for n in tracked(".py") if names.search(n)] == []


def test_names_are_law_in_every_contract():
    wrong = []
    for table in load_tables(PACKAGE / "model").values():
        for column in table.columns:
            suffix = {
                "date": ("_on", "_from", "_to", "day", "_start", "_end", "_until"),
                "timestamp": ("_at",),
            }.get(column.type)
            if suffix and not column.name.endswith(suffix):
                wrong.append((table.name, column.name))
            if column.type == "boolean" and not column.name.startswith(("is_", "has_")):
                wrong.append((table.name, column.name))
    assert wrong == []


def test_words_have_both_languages_and_the_same_facts():
    braces = re.compile(r"\{(\w+)")
    unequal = [
        key
        for key, pair in load_words().items()
        if set(braces.findall(pair["zh"])) != set(braces.findall(pair["en"]))
    ]
    assert unequal == []


def test_chinese_words_use_full_width_punctuation():
    half = re.compile(r"[\u4e00-\u9fff][,;:?!]|[,;:?!][\u4e00-\u9fff]")
    assert {key: pair["zh"] for key, pair in load_words().items() if half.search(pair["zh"])} == {}


def test_the_lock_pins_every_declared_package_with_its_hash():
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[<>=]", item)[0].lower() for group in groups for item in group}
    lock = text_of("requirements.lock").lower()
    assert {
        n for n in names if not re.search(rf"^{re.escape(n)}(\[[\w,-]+\])?==", lock, re.MULTILINE)
    } == set()
    assert lock.count("--hash=sha256:") > len(names)


def test_yaml_files_are_readable():
    for name in tracked(".yml", ".yaml"):
        if "samples" not in name:
            yaml.safe_load(text_of(name))


def test_every_reason_code_of_a_rule_can_be_said():
    codes = {
        rule.code for table in load_tables(PACKAGE / "model").values() for rule in rule_table(table)
    }
    assert {code for code in codes if code and f"ingest.{code}" not in load_words()} == set()
