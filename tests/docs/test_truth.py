"""The page about truth.json names every key that the simulator writes, and no other."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.settings import PROJECT, Home
from pipelines.simulate.run import simulate

KEY = re.compile(r"^\| `([^`]+)` \|", re.MULTILINE)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The way to each value of a small truth.json."""
    home = Home.at(tmp_path_factory.mktemp("demo"))
    simulate(home, cases=2_000, until=date(2025, 12, 31))
    truth = json.loads(Path(home.root / "truth.json").read_text(encoding="utf-8"))
    return set(_ways(truth, ""))


def _ways(value: Any, way: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _ways(inner, f"{way}.{key}" if way else key)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from _ways(inner, f"{way}[]")
    else:
        yield way


def _pattern(documented: str) -> re.Pattern[str]:
    parts = re.split(r"<\w+>", documented)
    return re.compile(".+".join(map(re.escape, parts)))


@pytest.mark.parametrize("page", ["truth.md", "truth.zh.md"])
def test_every_key_is_described_and_every_description_has_its_key(paths: set[str], page: str):
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    described = KEY.findall(text)
    assert len(described) == len(set(described))
    patterns = {each: _pattern(each) for each in described}
    unnamed = {way for way in paths if not any(p.fullmatch(way) for p in patterns.values())}
    assert unnamed == set()
    assert {each for each, p in patterns.items() if not any(map(p.fullmatch, paths))} == set()


def test_both_languages_describe_the_same_keys():
    pages = [(PROJECT / "docs" / name).read_text("utf-8") for name in ("truth.md", "truth.zh.md")]
    first, second = (KEY.findall(page) for page in pages)
    assert first == second
