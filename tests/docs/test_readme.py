"""The two READMEs are one page: same commands, same parts; and what they name exists."""

import re

import pytest

from pipelines.settings import PROJECT

PAGES = {
    lang: (PROJECT / name).read_text(encoding="utf-8")
    for lang, name in {"en": "README.md", "zh": "README.zh.md"}.items()
}


def commands(page: str) -> list[str]:
    blocks = re.findall(r"```\n(.*?)```", page, re.DOTALL)
    return re.findall(r"^(make \w+|petitions [a-z]+)", "\n".join(blocks), re.MULTILINE)


def test_both_pages_show_the_same_commands():
    assert commands(PAGES["en"]) == commands(PAGES["zh"])
    assert commands(PAGES["en"])[:2] == ["make report", "make test"]


def test_both_pages_have_the_same_parts():
    heads = {lang: len(re.findall(r"^## ", page, re.MULTILINE)) for lang, page in PAGES.items()}
    assert heads["en"] == heads["zh"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_local_links_and_pictures_exist(lang):
    targets = re.findall(r"\]\(([^)]+)\)", PAGES[lang])
    assert [t for t in targets if "://" not in t and not (PROJECT / t).exists()] == []


def test_both_pages_print_the_same_figures_in_the_exhibit():
    figures = [re.findall(r"\| *(\d+(?:\.\d+)?) *\|", page) for page in PAGES.values()]
    assert figures[0]
    assert figures[0] == figures[1]


def test_make_targets_exist():
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    for page in PAGES.values():
        for target in re.findall(r"`?make (\w+)", page):
            assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
