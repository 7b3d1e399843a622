"""One invented release and one site of it for every test; the drawn one only for a browser."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.publish.site.build import SiteReport, write_site
from pipelines.publish.site.chart import Chart, Resolver
from pipelines.publish.site.dictionary import Dictionary
from pipelines.publish.site.pages import load_pages
from pipelines.publish.site.values import Figures
from pipelines.settings import PROJECT
from tests.site.rest import rest
from tests.site.world import FACTS, SETTINGS, figures, reference_home, write_release

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


@dataclass(frozen=True)
class Site:
    """A built site and what its build reported."""

    folder: Path
    report: SiteReport

    @cached_property
    def pages(self) -> list[Path]:
        return sorted(self.folder.rglob("*.html"))

    def both(self, name: str) -> list[Path]:
        return [self.folder / lang / name for lang in ("zh", "en")]


@pytest.fixture(scope="session")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of the invented release."""
    folder = tmp_path_factory.mktemp("release")
    told = figures()
    rows = [*told, *rest(told)]
    write_release(folder / "petitions.duckdb", reference_home(folder / "home"), rows)
    return folder / "petitions.duckdb"


@pytest.fixture(scope="session")
def con(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(release, read_only=True) as con:
        yield con


@pytest.fixture(scope="session")
def site(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site without drawings, as on a machine that has no Chrome."""
    out = tmp_path_factory.mktemp("live") / "site"
    return Site(out, write_site(con, out, SETTINGS, FACTS, draw_static=False))


@pytest.fixture(scope="session")
def drawn_site(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site with its static drawings."""
    out = tmp_path_factory.mktemp("drawn") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROWSER_PATH", CHROMIUM)
        return Site(out, write_site(con, out, SETTINGS, FACTS, draw_static=True))


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium; browser tests are skipped, loudly, where there is none."""
    if not (Path(CHROMIUM).is_file() or shutil.which(CHROMIUM)):
        pytest.skip(f"no Chromium at {CHROMIUM}: install it or set CHROMIUM; nothing was looked at")
    sync_api = pytest.importorskip("playwright.sync_api")
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def resolver(con: duckdb.DuckDBPyConnection) -> Resolver:
    return Resolver(Figures(con), Dictionary(con), FACTS.as_of.date())


@pytest.fixture(scope="session")
def charts(resolver: Resolver) -> dict[str, Chart]:
    """Every chart of the shipped pages with its rows."""
    pages = load_pages(PROJECT / "reports" / "pages")
    found = {spec.id: resolver.chart(spec) for page in pages for spec in page.charts}
    return {chart_id: chart for chart_id, chart in found.items() if isinstance(chart, Chart)}
