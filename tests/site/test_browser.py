"""The site as people meet it: in a browser, offline, narrow and wide, by keyboard, on paper.

One drawn site and one browser serve every test. `CHROMIUM` names another browser than
/usr/bin/chromium; without any, these tests are skipped and say so.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from pipelines.publish.site.bundle import find_bundle
from pipelines.publish.site.drawings import Drawing, draw
from tests.site.conftest import CHROMIUM, Site

pytestmark = pytest.mark.browser

PATIENCE = 600  # looks at 20 a second
DRAWING_BUDGET, FIRST_VIEW_BUDGET = 40_000, 300_000
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    *("index.html", "visits.html", "timeliness.html", "outcome.html", "tiers.html"),
    *("process.html", "platforms.html", "quality.html", "trends.html", "regions.html"),
    *("effect.html", "categories.html", "indicators/index.html"),
    "indicators/ontime_closure_rate.html",
)


@contextmanager
def visit(browser: Any, page: Path, **options: Any) -> Iterator[tuple[Any, list[str]]]:
    """A page in a context of its own, and everything that it complained of or asked for."""
    context = browser.new_context(**options)
    tab = context.new_page()
    heard: list[str] = []
    tab.on("console", lambda message: heard.append(message.text))
    tab.on("pageerror", lambda error: heard.append(str(error)))
    tab.on("request", lambda request: heard.append(request.url) if _is_foreign(request) else None)
    tab.goto(page.as_uri())
    try:
        yield tab, heard
    finally:
        context.close()


def _is_foreign(request: Any) -> bool:
    return not request.url.startswith(("file:", "data:", "blob:"))


def scroll_through(tab: Any) -> None:
    """Show every part of the page once, and wait for the charts that this wakes."""
    tab.evaluate(
        """async () => {
            for (let y = 0; y < document.documentElement.scrollHeight; y += 700) {
                scrollTo(0, y);
                await new Promise(resolve => setTimeout(resolve, 40));
            }
        }"""
    )


def wait_for_charts(tab: Any) -> None:
    """Bring each sleeping chart into view until none is left: a quick scroll may pass one by."""
    for _ in range(PATIENCE):
        if not tab.evaluate(
            """() => {
                const sleeping = document.querySelector(".plot[data-figure]:not(.on)");
                sleeping?.scrollIntoView({block: "center"});
                return sleeping !== null;
            }"""
        ):
            return
        tab.wait_for_timeout(50)
    pytest.fail("a chart that is in view was not drawn")


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_page_is_quiet_offline_and_fits_its_screen(
    browser: Any, drawn_site: Site, lang: str, width: int
) -> None:
    view = {"width": width, "height": 900}
    for name in PAGES:
        page = drawn_site.folder / lang / name
        with visit(browser, page, viewport=view, offline=True) as (tab, heard):
            scroll_through(tab)
            if width > 640:
                wait_for_charts(tab)
            assert heard == [], name
            assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
            live = tab.locator(".plot.on").count()
            assert live == (tab.locator(".plot[data-figure]").count() if width > 640 else 0)


def test_without_drawings_charts_are_live_on_a_phone(browser: Any, site: Site) -> None:
    page = site.folder / "zh" / "timeliness.html"
    with visit(browser, page, viewport={"width": 375, "height": 900}, offline=True) as (tab, heard):
        scroll_through(tab)
        wait_for_charts(tab)
        assert tab.locator(".plot.on").count() > 3
        assert heard == []
        assert tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        *[(f"zh/{name}", "light") for name in PAGES],
        ("en/index.html", "light"),
        ("zh/index.html", "dark"),
        ("zh/tiers.html", "dark"),
    ],
)
def test_no_page_violates_the_accessibility_rules(
    browser: Any, drawn_site: Site, name: str, scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    alike = {"exclude": [["tbody tr:nth-child(n+4)"]]}
    page = drawn_site.folder / name
    with visit(browser, page, bypass_csp=True, color_scheme=scheme) as (tab, _):
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = axe.run(tab, context=alike, options={"runOnly": AXE_RULES}).response
        faults = [(fault["id"], len(fault["nodes"])) for fault in found["violations"]]
        assert faults == []


def test_without_script_every_chart_is_a_picture_and_a_table(
    browser: Any, drawn_site: Site
) -> None:
    page = drawn_site.folder / "zh" / "visits.html"
    with visit(browser, page, java_script_enabled=False) as (tab, _):
        for card in tab.locator("section.card:has(figure)").all():
            picture = card.locator("figure img")
            assert picture.get_attribute("alt")
            assert (page.parent / (picture.get_attribute("src") or "")).is_file()
            assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
            assert card.locator("tbody tr").count() > 0


def test_arrow_keys_read_the_chart_from_its_table(browser: Any, drawn_site: Site) -> None:
    page = drawn_site.folder / "en" / "visits.html"
    with visit(browser, page, viewport={"width": 1280, "height": 900}) as (tab, _):
        card = tab.locator("section#on-spot")
        card.scroll_into_view_if_needed()
        card.locator(".plot.on").wait_for()
        card.locator(".plot").focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
            tab.keyboard.press(key)
        cells = card.locator("tbody tr").first.locator("th, td").all_inner_texts()
        heard = card.locator(".live").text_content()
        assert all(cell in heard for cell in cells if cell)
        assert card.locator(".hoverlayer text").count() > 0


def test_the_language_link_keeps_the_place(browser: Any, drawn_site: Site) -> None:
    page = drawn_site.folder / "zh" / "visits.html"
    with visit(browser, page) as (tab, _):
        tab.goto(f"{page.as_uri()}#on-spot")
        tab.click("[data-lang]")
        assert tab.url.endswith("/en/visits.html#on-spot")


def test_pages_print_with_their_headline(browser: Any, drawn_site: Site, tmp_path: Path) -> None:
    page = drawn_site.folder / "zh" / "visits.html"
    with visit(browser, page, viewport={"width": 1280, "height": 900}) as (tab, _):
        tab.emulate_media(media="print")
        assert tab.locator("h1").is_visible()
        assert not tab.locator(".tbl").first.is_visible()
        printed = tab.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
        count = len(re.findall(rb"/Type\s*/Page\b", printed))
        charts = tab.locator("section.card:has(figure)").count()
        assert 2 <= count <= 1 + ceil(charts / 2)  # the head, and two charts a page


def test_drawings_stay_within_their_weight(drawn_site: Site) -> None:
    drawings = sorted(drawn_site.folder.rglob("*.svg"))
    assert len(drawings) == drawn_site.report.drawings > 40
    for drawing in drawings:
        assert drawing.stat().st_size < DRAWING_BUDGET, drawing.name
    assets = drawn_site.folder / "assets"
    for page in drawn_site.both("visits.html"):
        shown = re.findall(r'src="(fig/[^"]+)"', page.read_text(encoding="utf-8"))
        files = [page, *(page.parent / name for name in shown)]
        files += [assets / "report.css", assets / "report.js"]
        assert sum(file.stat().st_size for file in files) < FIRST_VIEW_BUDGET


def test_a_drawing_holds_the_figures_of_its_table_and_no_other(drawn_site: Site) -> None:
    drawing = drawn_site.folder / "zh" / "fig" / "ontime-channels.w.svg"
    text = drawing.read_text(encoding="utf-8")
    page = (drawn_site.folder / "zh" / "timeliness.html").read_text(encoding="utf-8")
    figures = set(re.findall(r">(\d+\.\d)% ", text))
    assert "[c]" in text
    assert len(figures) > 5
    assert figures <= set(re.findall(r">(\d+\.\d)<", page))


def test_the_same_figure_is_drawn_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, browser: Any
) -> None:
    assert browser.is_connected()
    monkeypatch.setenv("BROWSER_PATH", CHROMIUM)
    data = [{"type": "scatter", "x": [1, 2], "y": [3, 4]}]
    layout = {"width": 343, "height": 200, "title": {"text": "逐年"}}
    twice = [Drawing(data, layout, tmp_path / name) for name in ("one.svg", "two.svg")]
    draw(twice, find_bundle())
    assert twice[0].path.read_bytes() == twice[1].path.read_bytes()


def test_the_wheel_s_own_bundle_stays_within_the_policy(
    browser: Any, site: Site, tmp_path: Path
) -> None:
    full = find_bundle(tmp_path / "absent.js")
    page = site.folder / "zh" / "visits.html"
    text = page.read_text(encoding="utf-8")
    for folder in ("zh/fig", "assets"):
        (tmp_path / folder).mkdir(parents=True)
    guarded = text.replace('href="data:,"', f'href="data:," id="{full.style_guard}"')
    (tmp_path / "zh" / "visits.html").write_text(guarded, encoding="utf-8")
    (tmp_path / "assets" / "plotly.min.js").symlink_to(full.path)
    for name in ("assets/report.js", "assets/report.css", "zh/fig/visits.js"):
        (tmp_path / name).symlink_to(site.folder / name)
    view = {"width": 1280, "height": 900}
    with visit(browser, tmp_path / "zh" / "visits.html", viewport=view) as (tab, heard):
        scroll_through(tab)
        wait_for_charts(tab)
        assert heard == []
