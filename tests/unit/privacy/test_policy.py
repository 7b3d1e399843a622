"""A home may tighten the policy; whatever would loosen it is refused with a sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.privacy.policy import load_policy
from pipelines.settings import Home, Settings
from pipelines.words import Lang, UserError

SHIPPED = load_policy()


@pytest.mark.parametrize(
    ("key", "stricter"),
    [("k", SHIPPED.k + 5), ("rate_min_denominator", 50), ("dominance_one", 0.4)],
)
def test_a_stricter_value_is_taken_and_nothing_else_moves(key, stricter):
    assert load_policy({key: stricter}) == replace(SHIPPED, **{key: stricter})


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("k", SHIPPED.k - 1, "privacy.LOOSER"),
        ("dominance_two", 0.9, "privacy.LOOSER"),
        ("open_denominators", ["submission_count"], "privacy.LOOSER"),
        ("kk", 12, "privacy.UNKNOWN_KEY"),
        ("k", "12", "privacy.NOT_A_NUMBER"),
        ("k", True, "privacy.NOT_A_NUMBER"),
        ("open_denominators", "all", "privacy.NOT_A_LIST"),
    ],
)
def test_what_loosens_or_cannot_be_read_is_refused(key, value, fault):
    with pytest.raises(UserError) as caught:
        load_policy({key: value})
    assert caught.value.key == fault
    assert all(key in caught.value.sentence(lang) for lang in Lang)


def test_a_home_says_it_under_disclosure(tmp_path: Path):
    (tmp_path / "petitions.toml").write_text("[disclosure]\nk = 20\n", encoding="utf-8")
    settings = Settings.load(Home(tmp_path))
    assert load_policy(settings.disclosure).k == 20
