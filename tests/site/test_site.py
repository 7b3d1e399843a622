"""The built site as files: links, anchors, weight, words; no script and no browser involved."""

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.engine.indicator import load_indicators
from pipelines.publish.site.build import PAGES, build_site, write_site
from pipelines.publish.site.bundle import find_bundle
from pipelines.publish.site.drawings import can_draw, find_chrome, normal_form
from pipelines.publish.site.pages import load_pages
from pipelines.publish.site.zhtext import half_width_marks
from pipelines.settings import PACKAGE
from tests.site.conftest import Site
from tests.site.world import FACTS, SETTINGS

HTML_BUDGET, ASSET_BUDGET = 80_000, 30_000
FOREIGN = ("Share chart", "cdn.", "plot.ly", "googleapis", "<script>", "style=")


def ids(page: Path) -> list[str]:
    return re.findall(r'\sid="([^"]+)"', page.read_text(encoding="utf-8"))


def visible(page: Path, without: str = "(?!)") -> str:
    text = re.sub(without, "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    named = re.findall(r'(?:alt|aria-label|content|placeholder)="([^"]*)"', text)
    body = re.sub(r"<(script|style).*?</\1>", " ", text, flags=re.DOTALL)
    return "\n".join([re.sub(r"<[^>]+>", "\n", body), *named])


def test_a_site_has_every_page_in_both_languages_and_a_front_door(site: Site) -> None:
    names = {page.relative_to(site.folder).as_posix() for page in site.pages}
    stems = ["index", *[page.name for page in load_pages(PAGES)[1:]], "indicators/index"]
    stems += [f"indicators/{name}" for name in load_indicators(PACKAGE / "indicators")]
    assert names == {"index.html"} | {
        f"{lang}/{stem}.html" for lang in ("zh", "en") for stem in stems
    }
    assert site.report.pages == len(names)


def test_ids_are_unique_and_the_same_in_both_languages(site: Site) -> None:
    for zh in sorted((site.folder / "zh").rglob("*.html")):
        en = site.folder / "en" / zh.relative_to(site.folder / "zh")
        assert len(ids(zh)) == len(set(ids(zh)))
        assert ids(zh) == ids(en)


def test_every_link_and_download_exists(site: Site) -> None:
    for page in site.pages:
        text = page.read_text(encoding="utf-8")
        links = re.findall(r'(?:href|src|srcset|data-figures)="([^"]+)"', text)
        for link in links:
            if link.startswith("data:"):
                continue
            file, _, anchor = link.partition("#")
            target = (page.parent / file).resolve() if file else page
            assert target.is_file(), f"{page.name}: {link}"
            assert not anchor or anchor in ids(target), f"{page.name}: {link}"


def test_no_half_width_mark_touches_a_chinese_character(site: Site) -> None:
    for page in (site.folder / "zh").rglob("*.html"):
        assert half_width_marks(visible(page)) == [], page.name
    for script in (site.folder / "zh" / "fig").glob("*.js"):
        text = re.sub(r'"(?:,|:|\])|[\[,:]"', '"', script.read_text(encoding="utf-8"))
        assert half_width_marks(text) == [], script.name


def test_english_pages_hold_no_chinese_but_the_language_link_and_quotations(site: Site) -> None:
    quoted = '<section [^>]*id="printed".*?</section>'  # what others printed, as they printed it
    for page in (site.folder / "en").glob("*.html"):
        assert set(re.findall("[\u4e00-\u9fff]+", visible(page, quoted))) <= {
            "中文",
            "云泽省信访局",
            "虚构",
        }


def test_nothing_is_fetched_from_elsewhere(site: Site) -> None:
    own = [*site.pages, *(site.folder / "assets").glob("report.*")]
    own += [*site.folder.rglob("fig/*.js")]
    for file in own:
        text = file.read_text(encoding="utf-8")
        assert [word for word in FOREIGN if word in text] == [], file.name
        assert re.findall(r'(?:href|src)="(?:https?:)?//', text) == []


def test_every_page_has_one_headline_a_language_and_a_policy(site: Site) -> None:
    for page in site.both("index.html"):
        text = page.read_text(encoding="utf-8")
        assert text.count("<h1") == 1
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in text
        assert f'<html lang="{"zh-CN" if page.parent.name == "zh" else "en"}"' in text


def test_invented_data_are_called_invented(
    site: Site, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    assert "样例数据" in visible(site.folder / "zh" / "index.html")
    real = type(SETTINGS)(
        **{name: getattr(SETTINGS, name) for name in SETTINGS.__slots__} | {"is_demo": False}
    )
    write_site(con, tmp_path / "site", real, FACTS, draw_static=False)
    assert "样例数据" not in visible(tmp_path / "site" / "zh" / "index.html")


def test_the_release_box_says_when_and_which(site: Site) -> None:
    text = visible(site.folder / "zh" / "visits.html")
    for words in ("2026年9月30日", "2026年10月31日", "2026-10-31-r1", "2026年11月12日"):
        assert words in text


def test_pages_and_assets_stay_within_their_weight(site: Site) -> None:
    for page in site.pages:
        assert page.stat().st_size < HTML_BUDGET, page.name
    assets = site.folder / "assets"
    assert (
        sum((assets / name).stat().st_size for name in ("report.css", "report.js")) < ASSET_BUDGET
    )


def test_the_same_release_gives_the_same_bytes(
    site: Site, con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    write_site(con, tmp_path / "again", SETTINGS, FACTS, draw_static=False)
    files = sorted(path for path in site.folder.rglob("*") if path.is_file())
    assert len(files) > 40
    for file in files:
        again = tmp_path / "again" / file.relative_to(site.folder)
        assert file.read_bytes() == again.read_bytes(), file.name


def test_the_downloads_are_described(site: Site) -> None:
    package = json.loads((site.folder / "data" / "datapackage.json").read_text(encoding="utf-8"))
    described = {resource["name"]: resource["rowCount"] for resource in package["resources"]}
    assert set(described) == {path.stem for path in (site.folder / "data").glob("*.csv")}
    assert all(field["description"] for field in package["resources"][0]["schema"]["fields"])


def test_a_site_is_built_beside_the_database_of_its_release(release: Path, tmp_path: Path) -> None:
    shutil.copy(release, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", "/no/such/browser")
        report = build_site(tmp_path, SETTINGS, FACTS)
    assert (tmp_path / "site" / "index.html").is_file()
    assert (report.drawings, report.notices) == (0, ("site.NOTICE_NO_DRAWINGS",))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("delete from public.indicator_values", "本次发布没有这张图所需的数字。"),
        (
            "update public.indicator_values set state = 'hidden', value = null",
            "这张图的数字本次均不公布[c]：数量过小，或公布后可以推算出过小的数量。",
        ),
    ],
)
def test_a_chart_without_figures_leaves_its_question_and_says_why(
    tmp_path: Path, release: Path, change: str, sentence: str
) -> None:
    shutil.copy(release, tmp_path / "thin.duckdb")
    with duckdb.connect(tmp_path / "thin.duckdb") as con:
        con.execute(f"{change} where indicator = 'on_spot_resolution_rate'")
        write_site(con, tmp_path / "site", SETTINGS, FACTS, draw_static=False)
    text = visible(tmp_path / "site" / "zh" / "visits.html")
    assert "问题当场化解了多少？" in text
    assert sentence in text
    assert not (tmp_path / "site" / "data" / "on-spot.csv").exists()


def test_a_named_browser_that_is_not_there_means_no_drawings() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", "/no/such/browser")
        assert find_chrome() == ""
        assert not can_draw()


def test_without_the_basic_bundle_the_wheel_s_own_is_taken(tmp_path: Path) -> None:
    full = find_bundle(tmp_path / "absent.js")
    assert full.kind == "full"
    assert full.path.is_file()
    assert re.fullmatch("[0-9a-f]{64}", full.style_guard)
    (tmp_path / "basic.js").write_text("", encoding="utf-8")
    assert find_bundle(tmp_path / "basic.js").kind == "basic"


def test_a_drawing_has_a_normal_form() -> None:
    def drawing(uid: str) -> str:
        return (
            f'<svg class="m"><defs id="defs-{uid}"><clipPath id="clip{uid}xy"><rect/></clipPath>'
            f'<clipPath id="clip{uid}x"><rect/></clipPath></defs><g class="empty"/>'
            f'<g clip-path="url(#clip{uid}xy)"><text style="font-family: Noto; opacity: 1; x: 1">'
            "甲</text></g></svg>"
        )

    assert normal_form(drawing("a1b2c3")) == normal_form(drawing("0f0f0f"))
    once = normal_form(drawing("a1b2c3"))
    assert normal_form(once) == once
    assert "clip0xy" in once
    assert 'clip0x"' not in once
    assert "empty" not in once
    assert once.startswith('<svg font-family="Noto"')
