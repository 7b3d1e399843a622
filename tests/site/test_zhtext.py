"""Full-width punctuation beside Chinese characters, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.publish.site.zhtext import full_width, half_width_marks


@pytest.mark.parametrize(
    ("typed", "set_as"),
    [
        ("来源:各市", "来源：各市"),
        ("登记, 办结", "登记，办结"),
        ("按期(含延期)办结", "按期（含延期）办结"),
        ("区间(92.6–93.6%)", "区间（92.6–93.6%）"),
        ("(n)为样本", "（n）为样本"),
        ("甲(乙(b)丙)", "甲（乙（b）丙）"),
        ("好吗?", "好吗？"),
        ("1,234件", "1,234件"),
        ("共1,234件;余12件", "共1,234件；余12件"),
        ("Kaplan-Meier (log-log) 法", "Kaplan-Meier (log-log) 法"),
        ("%{y:.1f} 件", "%{y:.1f} 件"),
        ("不公布[c]", "不公布[c]"),
        ("no Han, here (at all)", "no Han, here (at all)"),
    ],
)
def test_marks_are_widened_only_where_they_touch_chinese(typed: str, set_as: str) -> None:
    assert full_width(typed) == set_as


@given(st.text(alphabet="信访件A1 ,;:?!()。（", max_size=24))
def test_no_half_width_mark_survives_and_a_second_pass_changes_nothing(text: str) -> None:
    once = full_width(text)
    assert half_width_marks(once) == []
    assert full_width(once) == once


@given(st.text(alphabet="信访A1,(): ", max_size=24))
def test_letters_and_digits_are_kept_in_order(text: str) -> None:
    def kept(text: str) -> str:
        return "".join(mark for mark in text if mark in "信访A1")

    assert kept(full_width(text)) == kept(text)
