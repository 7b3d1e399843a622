"""The theme can be read: contrast computed from the style sheet itself, light and dark."""

import re

import pytest

from pipelines.publish.site import style
from pipelines.publish.site.bundle import THEME

TEXT, MARK = 4.5, 3.0
SHEET = (THEME / "css" / "10-tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+);", part)) for part in SHEET.split("@media")
)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_black_on_white_its_known_contrast() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(tokens: dict[str, str]) -> None:
    pairs = [(name, "paper") for name in ("ink", "muted", "orange", "blue", "link")]
    pairs += [("ink", "soft"), ("muted", "soft"), ("ribbon-ink", "ribbon")]
    faint = [pair for pair in pairs if contrast(tokens[pair[0]], tokens[pair[1]]) < TEXT]
    assert faint == []


def test_marks_and_labels_stand_out_from_the_paper_of_charts() -> None:
    for colour, _ in style.SERIES:
        assert contrast(colour, style.PAPER) >= TEXT
    assert contrast(style.MUTED, style.PAPER) >= TEXT
    assert contrast(LIGHT["grey"], LIGHT["paper"]) >= MARK


def test_no_text_of_the_theme_is_loaded_from_elsewhere() -> None:
    sheets = [sheet.read_text(encoding="utf-8") for sheet in (THEME / "css").glob("*.css")]
    assert len(sheets) > 5
    assert [sheet for sheet in sheets if re.search(r"@import|url\(|@font-face", sheet)] == []
