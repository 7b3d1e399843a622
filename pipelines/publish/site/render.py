"""Fills the templates of `reports/theme/templates/`: one page in one language at a time.

What stands on a page is decided before; templates place it and escape it.
"""

import re
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from pipelines.publish.site.bundle import THEME
from pipelines.publish.site.card import Card
from pipelines.publish.site.entries import Entry
from pipelines.publish.site.kpis import IndicatorCard
from pipelines.publish.site.quality import Panel
from pipelines.publish.site.wording import Speaker
from pipelines.publish.site.zhtext import full_width
from pipelines.words import Lang

_TEXT = re.compile(r">([^<>]+)")


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a page ready to print: `cards`, `chart`, `absent`, `prose` or `panel`.

    Attributes:
        absent: id and question of a chart without a figure, and why it has none.
    """

    kind: str
    absent: tuple[str, str, str] = ("", "", "")
    cards: tuple[IndicatorCard, ...] = ()
    card: Card | None = None
    html: Markup | None = None
    panel: Panel | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the page list."""

    href: str
    label: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around every page in one language.

    Attributes:
        file: its name in both language folders.
        up: way from its folder to that of its language.
        is_static: whether static drawings exist.
        has_figures: whether a script with live figures belongs to the page.
        script: name of that script.
    """

    file: str
    lang: Lang
    title: str
    site_title: str
    headline: str
    links: tuple[Link, ...]
    release: str
    version: str
    is_demo: bool
    is_static: bool
    style_guard: str
    up: str = ""
    has_figures: bool = False
    script: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet(Frame):
    """A page of charts or of sections, every word decided.

    Attributes:
        box: what the release box lists, as (term, words).
        badge: words of the quality badge; `badge_kind` its look.
        quality_file: the page with the checks.
    """

    place: str
    question: str
    audience: str
    points: tuple[str, ...]
    box: tuple[tuple[str, str], ...]
    badge: str
    badge_kind: str
    badge_lines: tuple[str, ...]
    blocks: tuple[Block, ...]
    quality_file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySheet(Frame):
    """The page of one indicator."""

    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSheet(Frame):
    """The list of all indicators, under their themes."""

    themes: list[tuple[str, list[Entry]]]


TEMPLATES: dict[type[Frame], str] = {
    Sheet: "page.html.j2",
    EntrySheet: "indicator.html.j2",
    ListSheet: "indicators.html.j2",
}


class Renderer:
    """Holds the templates."""

    def __init__(self) -> None:
        import jinja2  # noqa: PLC0415 - only needed while a site is built
        from markdown_it import MarkdownIt  # noqa: PLC0415 - as above

        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(THEME / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        self._templates.filters["strong"] = strong
        self._templates.filters["plain"] = plain
        self._templates.filters["heading"] = heading
        self._markdown = MarkdownIt("commonmark", {"html": False})

    def page(self, sheet: Frame, speaker: Speaker) -> str:
        """The HTML of a page."""
        template = self._templates.get_template(TEMPLATES[type(sheet)])
        return template.render(page=sheet, t=_translator(speaker))

    def front_door(self, titles: tuple[str, str]) -> str:
        """The HTML of the page that offers the two languages."""
        return self._templates.get_template("index.html.j2").render(titles=titles)

    def prose(self, text: str) -> Markup:
        """Markdown as HTML; raw HTML in it is shown as text, Chinese marks are set full-width."""
        html = self._markdown.render(text)
        html = _TEXT.sub(lambda match: f">{full_width(match[1])}", html)
        return Markup(html)  # noqa: S704 - the renderer escapes


def strong(text: str) -> Markup:
    """`**words**` as strong text, everything else escaped."""
    pieces = text.split("**")
    return Markup("").join(
        Markup("<strong>{}</strong>").format(piece) if at % 2 else escape(piece)
        for at, piece in enumerate(pieces)
    )


def heading(text: str) -> Markup:
    """A headline that may break before a full-width bracket, also where a number stands there."""
    return Markup("<wbr>（").join(escape(piece) for piece in text.split("（"))


def plain(text: str) -> str:
    """`**words**` without the marks."""
    return text.replace("**", "")


def _translator(speaker: Speaker) -> Any:
    def translate(key: str, **facts: Any) -> str:
        return speaker.say(f"site.{key}", **facts)

    return translate
