"""A definition says how it was checked, and it was."""

import re
from functools import cache

import pytest

from pipelines.engine.indicator import load_indicators
from pipelines.settings import PACKAGE, PROJECT
from pipelines.words import load_words

INDICATORS = load_indicators(PACKAGE / "indicators")
# Where each kind of check keeps the ids of the indicators that it checks.
TESTS = {
    "reference_program": "tests/properties/indicators/*.py",
    "printed_figures": "tests/contracts/test_newspaper_[dfp]*.py",
    "known_days": "tests/examples/test_known_*.py",
    "recount": "tests/pipeline/oracle/figures.py",
}


@cache
def named_in(pattern: str) -> frozenset[str]:
    """Every word of the files of a kind of check."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(PROJECT.glob(pattern)))
    return frozenset(word for text in texts for word in re.findall(r"\w+", text))


@pytest.mark.parametrize("name", sorted(INDICATORS))
def test_what_a_definition_claims_was_done(name: str) -> None:
    has_example = INDICATORS[name].path.with_name(f"{name}.example.yml").is_file()
    done = {"worked_example": has_example}
    done |= {kind: name in named_in(pattern) for kind, pattern in TESTS.items()}
    assert list(INDICATORS[name].checked_by) == [kind for kind, is_done in done.items() if is_done]


def test_every_kind_of_check_has_words() -> None:
    assert {key for key in load_words() if key.startswith("checks.")} == {
        f"checks.{kind}" for kind in ("worked_example", *TESTS, "BY")
    }
