"""Builds the site: rows to charts, charts to cards and drawings, cards to pages in two languages.

Reads the gated schemas of one release through `con` and writes one folder. Same release, same
program, same fonts and Chrome: same bytes.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.ingest.connection import reopen
from pipelines.publish.documents import Facts
from pipelines.publish.site.bundle import Bundle, find_bundle, write_assets
from pipelines.publish.site.card import Card, CardWriter
from pipelines.publish.site.chart import Chart, Missing, Resolver
from pipelines.publish.site.dictionary import Dictionary
from pipelines.publish.site.downloads import write_downloads, write_package
from pipelines.publish.site.drawings import Drawing, can_draw, draw, drawings_of, numbered
from pipelines.publish.site.entries import DICTIONARY, EntryWriter, Use, by_theme
from pipelines.publish.site.forms import FORMS, PLOTTED
from pipelines.publish.site.forms.flow import draw_flow
from pipelines.publish.site.forms.tiles import draw_tiles, has_grid
from pipelines.publish.site.headlines import page_headline, point
from pipelines.publish.site.kpis import indicator_card
from pipelines.publish.site.pages import (
    Cards,
    ChartSpec,
    Page,
    PageError,
    Part,
    Prose,
    Section,
    load_pages,
)
from pipelines.publish.site.quality import QualityFacts, QualityWriter, quality_facts
from pipelines.publish.site.render import (
    Block,
    EntrySheet,
    Link,
    ListSheet,
    Renderer,
    Sheet,
    plain,
)
from pipelines.publish.site.style import Plot
from pipelines.publish.site.values import Figures
from pipelines.publish.site.wording import Names, Sentence, Speaker
from pipelines.settings import PROJECT, Settings
from pipelines.words import Lang, load_words

PAGES = PROJECT / "reports" / "pages"


@dataclass(frozen=True, slots=True)
class SiteReport:
    """What was built, for the run's summary.

    Attributes:
        pages: pages written, both languages counted.
        charts: chart cards on the pages of one language.
        drawings: static pictures drawn; 0 where no Chrome was found.
        bundle: which Plotly file the site carries, `basic` or `full`.
        notices: keys of `reports/words/`, in the order in which they arose.
    """

    pages: int
    charts: int
    drawings: int
    bundle: str
    notices: tuple[str, ...]


def build_site(folder: Path, settings: Settings, facts: Facts) -> SiteReport:
    """Build `site/` in the folder of a release from the `petitions.duckdb` that lies there.

    Raises:
        PageError: as `write_site`.
        IncompleteCardError: as `write_site`.
    """
    with reopen(folder / "petitions.duckdb", read_only=True) as con:
        return write_site(con, folder / "site", settings, facts)


def write_site(
    con: duckdb.DuckDBPyConnection,
    out: Path,
    settings: Settings,
    facts: Facts,
    *,
    draw_static: bool | None = None,
) -> SiteReport:
    """Write the report of a release into `out`, which must not exist or be empty.

    Args:
        con: a connection whose schemas `public`, `dictionary` and `quality` are those of the
            release; nothing else is read.
        out: folder to write.
        settings: titles, publisher, contact and region set of the installation.
        facts: what the release is called and how far its data reach.
        draw_static: whether to draw static pictures; `None` draws them where a Chrome is found.

    Returns:
        What was built.

    Raises:
        PageError: a page file cannot be used, or names an unknown indicator or form.
        IncompleteCardError: something that must be said about a chart is not known.
    """
    return _Build(
        con, out, settings, facts, can_draw() if draw_static is None else draw_static
    ).run()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A chart that can be shown, with what is the same in both languages."""

    chart: Chart
    is_tiled: bool


class _Build:
    """One build: the release, the pages and the folder that they are written to."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        out: Path,
        settings: Settings,
        facts: Facts,
        is_static: bool,  # noqa: FBT001 - private
    ) -> None:
        self._con, self._out, self._settings, self._facts = con, out, settings, facts
        self._as_of = facts.as_of.date()
        self._is_static = is_static
        self._bundle: Bundle = find_bundle()
        self._dictionary = Dictionary(con)
        figures = Figures(con)
        self._resolver = Resolver(figures, self._dictionary, self._as_of)
        _, *names = figures.whole_area()
        self._place = Names(*names)
        self._quality: QualityFacts = quality_facts(con, settings.expected_offices)
        self._renderer = Renderer()
        self._pages = load_pages(PAGES)
        self._quality_file = self._file(_page_of_checks(self._pages))
        self._ready = {
            spec.id: self._resolve(page, spec) for page in self._pages for spec in page.charts
        }

    def run(self) -> SiteReport:
        write_assets(self._bundle, self._out / "assets")
        rows = self._write_data()
        drawings = [*self._write_language(Lang.ZH), *self._write_language(Lang.EN)]
        if self._is_static:
            draw(drawings, self._bundle)
        titles = (self._settings.title_zh, self._settings.title_en)
        self._write("index.html", self._renderer.front_door(titles))
        return SiteReport(
            pages=(len(self._pages) + len(self._dictionary.definitions) + 1) * len(Lang) + 1,
            charts=len(rows),
            drawings=len(drawings) if self._is_static else 0,
            bundle=self._bundle.kind,
            notices=() if self._is_static else ("site.NOTICE_NO_DRAWINGS",),
        )

    def _resolve(self, page: Page, spec: ChartSpec) -> _Ready | Missing:
        if spec.form not in FORMS:
            raise PageError(
                f"{page.name}.md: chart `{spec.id}` has form `{spec.form}`; "
                f"expected one of {', '.join(FORMS)}"
            )
        chart = self._resolver.chart(spec)
        if isinstance(chart, Missing):
            return chart
        tiled = spec.form == "tiles" and has_grid(chart, self._settings.region_set)
        return _Ready(chart, tiled)

    def _write_data(self) -> dict[str, tuple[str, int]]:
        folder = self._out / "data"
        folder.mkdir(parents=True)
        both = [Speaker(lang) for lang in Lang]
        papers: dict[str, tuple[str, int]] = {}
        for chart_id, ready in self._ready.items():
            if isinstance(ready, Missing):
                continue
            title = " / ".join(speaker.name(ready.chart.spec.question) for speaker in both)
            papers[chart_id] = (title, write_downloads(ready.chart, folder))
        write_package(papers, folder, self._facts.release)
        return papers

    def _write_language(self, lang: Lang) -> list[Drawing]:
        """Write every page of a language; returns the pictures that they need."""
        drawings: list[Drawing] = []
        speaker = Speaker(lang)
        writer = CardWriter(
            speaker, self._dictionary, self._facts, self._place, self._quality.lines[0]
        )
        for page in self._pages:
            plots: dict[str, Plot] = {}
            blocks = [self._block(part, speaker, writer, plots) for part in page.parts]
            sheet = self._sheet(page, speaker, tuple(blocks), plots)
            self._write(f"{lang}/{sheet.file}", self._renderer.page(sheet, speaker))
            if plots:
                self._write(f"{lang}/fig/{page.name}.js", _figures_script(plots))
            for chart_id, plot in plots.items():
                drawings += drawings_of(plot, self._out / lang / "fig", chart_id)
        self._write_dictionary(speaker)
        return drawings

    def _write_dictionary(self, speaker: Speaker) -> None:
        """Write the list of indicators and a page for each."""
        entries = EntryWriter(self._con, self._dictionary, speaker, self._uses()).entries()
        headline = speaker.say("site.HEAD_DICTIONARY", count=len(entries))
        title = speaker.say("site.DICTIONARY")
        frame = self._frame(speaker, DICTIONARY, title, headline)
        listing = ListSheet(**frame, up="../", themes=by_theme(entries))
        self._write(f"{speaker.lang}/{DICTIONARY}", self._renderer.page(listing, speaker))
        for entry in entries:
            file = f"indicators/{entry.indicator}.html"
            frame = self._frame(speaker, file, entry.title, entry.question)
            sheet = EntrySheet(**frame, up="../", entry=entry)
            self._write(f"{speaker.lang}/{file}", self._renderer.page(sheet, speaker))

    def _uses(self) -> dict[str, list[Use]]:
        """The charts that draw each indicator."""
        uses: dict[str, list[Use]] = {}
        for page in self._pages:
            for spec in page.charts:
                for indicator in dict.fromkeys(name.indicator for name in spec.series):
                    use = Use(self._file(page), spec.id, spec.question)
                    uses.setdefault(indicator, []).append(use)
        return uses

    def _block(
        self, part: Part, speaker: Speaker, writer: CardWriter, plots: dict[str, Plot]
    ) -> Block:
        match part:
            case Prose(text):
                return Block(
                    "prose", html=self._renderer.prose(text.zh if speaker.is_zh else text.en)
                )
            case Cards(picks):
                cards = [indicator_card(self._resolver, pick, speaker) for pick in picks]
                return Block("cards", cards=tuple(card for card in cards if card))
            case Section(name):
                return Block("panel", panel=self._panels(speaker).panel(name))
            case ChartSpec():
                ready = self._ready[part.id]
                if isinstance(ready, Missing):
                    own = f"site.ABSENT_{part.id}"
                    why = speaker.say(own if own in load_words() else f"site.ABSENT_{ready}")
                    return Block("absent", absent=(part.id, speaker.name(part.question), why))
                return Block("chart", card=self._card(ready, speaker, writer, plots))

    def _panels(self, speaker: Speaker) -> QualityWriter:
        settings = self._settings
        return QualityWriter(
            self._con, self._dictionary, speaker, settings.contact, settings.publisher
        )

    def _card(
        self, ready: _Ready, speaker: Speaker, writer: CardWriter, plots: dict[str, Plot]
    ) -> Card:
        chart = ready.chart
        if ready.is_tiled:
            return writer.write(chart, draw_tiles(chart, speaker, self._settings.region_set))
        if chart.spec.form == "flow":
            return writer.write(chart, draw_flow(chart, speaker))
        form = "dots" if chart.spec.form == "tiles" else chart.spec.form
        plots[chart.spec.id] = PLOTTED[form](chart, speaker)
        return writer.write(chart, plots[chart.spec.id])

    def _sheet(
        self, page: Page, speaker: Speaker, blocks: tuple[Block, ...], plots: dict[str, Plot]
    ) -> Sheet:
        quality = self._quality
        is_quality = any(isinstance(part, Section) for part in page.parts)
        headline = quality.headline if is_quality else page_headline(self._resolver, page)
        points = list(quality.points) if is_quality else self._points(page)
        return Sheet(
            **self._frame(
                speaker,
                self._file(page),
                speaker.name(page.title),
                plain(speaker.tell(headline)),
            ),
            place=speaker.name(self._place),
            question=speaker.name(page.question),
            audience=speaker.name(page.audience),
            points=tuple(speaker.tell(each) for each in points),
            box=self._box(speaker),
            badge=speaker.say(f"site.BADGE_{quality.badge}"),
            badge_kind=quality.badge.lower().replace("_", "-"),
            badge_lines=tuple(speaker.tell(line) for line in quality.lines),
            blocks=blocks,
            has_figures=bool(plots),
            script=page.name,
            quality_file=self._quality_file,
        )

    def _frame(self, speaker: Speaker, file: str, title: str, headline: str) -> dict[str, Any]:
        """What every page has alike, as `Frame` names it."""
        settings = self._settings
        files = {self._file(page): speaker.name(page.title) for page in self._pages}
        files[DICTIONARY] = speaker.say("site.DICTIONARY")
        return {
            "file": file,
            "lang": speaker.lang,
            "title": title,
            "site_title": speaker.name(Names(settings.title_zh, settings.title_en)),
            "headline": headline,
            "links": tuple(Link(to, label, to == file) for to, label in files.items()),
            "release": self._facts.release,
            "version": self._facts.version,
            "is_demo": settings.is_demo,
            "is_static": self._is_static,
            "style_guard": self._bundle.style_guard,
        }

    def _points(self, page: Page) -> list[Sentence]:
        """The bullets of a page: a figure that nothing was published of is left out."""
        return [
            point(self._resolver, value, pick.label)
            for pick in page.points
            if (value := self._resolver.pick(pick)) is not None
        ]

    def _box(self, speaker: Speaker) -> tuple[tuple[str, str], ...]:
        """What the release box lists: how far the data reach, which release, when the next."""
        say = speaker.say
        after = [on for on in sorted(self._settings.next_releases) if on > self._as_of]
        box = [
            (say("site.BOX_THROUGH"), speaker.day(self._facts.data_through)),
            (say("site.BOX_EXTRACTED"), speaker.day(self._as_of)),
            (say("site.BOX_RELEASE"), self._facts.release),
        ]
        upcoming = speaker.day(after[0]) if after else say("site.BOX_NEXT_UNKNOWN")
        return (*box, (say("site.BOX_NEXT"), upcoming))

    def _file(self, page: Page) -> str:
        return "index.html" if page is self._pages[0] else f"{page.name}.html"

    def _write(self, name: str, text: str) -> None:
        path = self._out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _page_of_checks(pages: list[Page]) -> Page:
    """The page that every card and badge links to."""
    for page in pages:
        if Section("checks") in page.parts:
            return page
    raise PageError("no page has the section `checks`, which every chart links to")


def _figures_script(plots: dict[str, Plot]) -> str:
    """The figures of a page as a script: a page opened from a file may not fetch JSON."""
    figures = {
        chart_id: {
            "data": numbered(plot.data),
            "wide": plot.wide,
            "narrow": plot.narrow,
            "steps": plot.steps,
        }
        for chart_id, plot in plots.items()
    }
    return (
        f"window.REPORT_FIGURES={json.dumps(figures, ensure_ascii=False, separators=(',', ':'))};\n"
    )
