"""The page of promises: each names a module and a test that there are, in both languages."""

import ast
import re

import pytest

from pipelines.settings import PACKAGE, PROJECT

PAGES = {
    lang: (PROJECT / "docs" / name).read_text(encoding="utf-8")
    for lang, name in {"en": "promises.md", "zh": "promises.zh.md"}.items()
}
ROW = re.compile(r"^\| (P\d+) \| .+ \| `(.+)` \| `(.+)::(.+)` \|$", re.MULTILINE)
KEPT = ROW.findall(PAGES["en"])
UNKEPT = {"P20"}


def test_every_promise_is_there_in_both_languages():
    numbers = [f"P{n}" for n in range(1, 21)]
    for page in PAGES.values():
        assert re.findall(r"^\| (P\d+) \|", page, re.MULTILINE) == numbers
    assert {number for number, *_ in KEPT} == set(numbers) - UNKEPT
    assert ROW.findall(PAGES["zh"]) == KEPT


@pytest.mark.parametrize(("module", "file", "test"), [row[1:] for row in KEPT])
def test_its_module_and_its_test_exist(module: str, file: str, test: str):
    assert (PACKAGE / module).exists()
    tree = ast.parse((PROJECT / "tests" / file).read_text(encoding="utf-8"))
    assert test in [n.name for n in tree.body if isinstance(n, ast.FunctionDef)]
