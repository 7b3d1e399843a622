"""Reads `reports/pages/*.md`: what a page asks, whom it serves, and which charts answer.

A page is front matter and blocks. A block opens with `:::<kind>` and closes with `:::`.
`zh` and `en` hold prose, one after the other; `cards` a list of figures; `chart` one chart;
`section` names a part of the quality page. What a chart looks like is decided in `forms`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import yaml

from pipelines.publish.site.wording import Names


class PageError(ValueError):
    """A page file that cannot be used; the message names the file and what to write."""


@dataclass(frozen=True, slots=True)
class SeriesName:
    """`indicator[.measure][:part]` as a page writes it; an empty measure means the headline."""

    indicator: str
    measure: str = ""
    part: str = "value"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `ontime_closure_rate.due_based` or `cases_per_leader_visit:numerator`."""
        name, _, part = text.partition(":")
        indicator, _, measure = name.partition(".")
        return cls(indicator, measure, part or "value")


@dataclass(frozen=True, slots=True)
class Pick:
    """One figure of the whole province: the newest of the first period kind that has one.

    Attributes:
        mature_days: days that must have passed since the end of the period, for figures that need
            time before they say anything.
        label: what to call it, where the indicator's title does not say which number it is.
        method: the method whose estimate it is; empty for a figure.
        contrast: which of several estimates.
    """

    series: SeriesName
    periods: tuple[str, ...]
    mature_days: int = 0
    label: Names | None = None
    method: str = ""
    contrast: str = ""


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """One chart as a page asks for it.

    Attributes:
        level: level of the regions drawn; `by` the breakdown, empty for totals.
        title: what the chart shows, where the indicator's title does not say it.
        last: how many of the newest periods; 0 for all.
        method: the method whose estimates are drawn; empty for figures. With `only_found`, those
            of which it has something to say.
        labels: names of the series, where their own are too long; `units` their units.
    """

    id: str
    form: str
    series: tuple[SeriesName, ...]
    question: Names
    level: str
    period: str
    by: str
    title: Names | None
    last: int
    mature_days: int
    labels: tuple[Names, ...]
    units: tuple[str, ...]
    how_to_read: Names | None
    caution: Names | None
    method: str = ""
    only_found: bool = False


@dataclass(frozen=True, slots=True)
class Prose:
    """A passage in both languages, in Markdown."""

    text: Names


@dataclass(frozen=True, slots=True)
class Cards:
    """A row of indicator cards."""

    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the quality page, by name."""

    name: str


Part = Prose | Cards | ChartSpec | Section


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the site.

    Attributes:
        name: file name without extension; the page with the lowest order is `index.html`.
        headline: figures that the headline is computed from, by the name its sentence uses.
        points: figures that the bullets state, at most three.
    """

    name: str
    order: int
    title: Names
    question: Names
    audience: Names
    headline: dict[str, Pick]
    points: tuple[Pick, ...]
    parts: tuple[Part, ...]

    @property
    def charts(self) -> list[ChartSpec]:
        """The charts of the page, in order."""
        return [part for part in self.parts if isinstance(part, ChartSpec)]


_PAGE_KEYS = {"order", "title", "question", "audience", "headline", "points"}
_PICK_KEYS = {"value", "periods", "mature_days", "label", "method", "contrast"}
_CHART_KEYS = {
    "id",
    "form",
    "series",
    "question",
    "level",
    "period",
    "by",
    "title",
    "last",
    "mature_days",
    "labels",
    "units",
    "how_to_read",
    "caution",
    "method",
    "only_found",
}
_KINDS = ("zh", "en", "cards", "chart", "section")


def load_pages(folder: Path) -> list[Page]:
    """Every page of a folder, in the order that the pages themselves state.

    Raises:
        PageError: a page lacks a key, has an unknown one, or two charts share an id.
    """
    pages = sorted(map(load_page, folder.glob("*.md")), key=lambda page: (page.order, page.name))
    if not pages:
        raise PageError(f"{folder.name}: there is no page; expected at least one .md file")
    ids = [chart.id for page in pages for chart in page.charts]
    for chart_id in sorted(ids):
        if ids.count(chart_id) > 1:
            raise PageError(f"chart id `{chart_id}` is used twice; files are named after it")
    return pages


def load_page(path: Path) -> Page:
    """Read one page file.

    Raises:
        PageError: as `load_pages`.
    """
    _, front, body = _split_front(path)
    keys = _mapping(path, front)
    _known(path, keys, _PAGE_KEYS, needed={"order", "title", "question", "audience"})
    points = tuple(_pick(path, spec) for spec in keys.get("points", ()))
    if len(points) > 3:
        raise PageError(f"{path.name}: {len(points)} points; a page has at most three")
    return Page(
        name=path.stem,
        order=int(keys["order"]),
        title=_names(path, keys["title"]),
        question=_names(path, keys["question"]),
        audience=_names(path, keys["audience"]),
        headline={name: _pick(path, spec) for name, spec in keys.get("headline", {}).items()},
        points=points,
        parts=tuple(_parts(path, body)),
    )


def _split_front(path: Path) -> tuple[str, str, str]:
    pieces = path.read_text(encoding="utf-8").split("---\n", 2)
    if len(pieces) < 3 or pieces[0].strip():
        raise PageError(f"{path.name}: a page begins with front matter between two lines `---`")
    return pieces[0], pieces[1], pieces[2]


def _parts(path: Path, body: str) -> list[Part]:
    parts: list[Part] = []
    waiting = ""
    for kind, text in _blocks(path, body):
        if kind == "zh":
            waiting = text
            continue
        if kind == "en":
            parts.append(Prose(_names(path, {"zh": waiting, "en": text})))
        elif waiting:
            raise PageError(f"{path.name}: a `:::zh` block has no `:::en` block after it")
        else:
            parts.append(_part(path, kind, text))
        waiting = ""
    if waiting:
        raise PageError(f"{path.name}: a `:::zh` block has no `:::en` block after it")
    return parts


def _blocks(path: Path, body: str) -> list[tuple[str, str]]:
    blocks: list[tuple[str, str]] = []
    kind, lines = "", list[str]()
    for line in body.splitlines():
        if not line.startswith(":::"):
            lines.append(line)
            continue
        text, name = "\n".join(lines).strip(), line[3:].strip()
        if kind:
            blocks.append((kind, text))
        elif text:
            raise PageError(f"{path.name}: text outside a block; open one with `:::zh`")
        if bool(kind) == bool(name) or (name and name.split()[0] not in _KINDS):
            raise PageError(
                f"{path.name}: `{line}`; a block opens with one of "
                f"{', '.join(':::' + known for known in _KINDS)} and closes with `:::`"
            )
        kind, lines = name, []
    if kind or "".join(lines).strip():
        raise PageError(f"{path.name}: the last block is not closed with `:::`")
    return blocks


def _part(path: Path, kind: str, text: str) -> Part:
    if kind == "section":
        return Section(text)
    spec = _yaml(path, text)
    if kind == "cards":
        return Cards(tuple(_pick(path, card) for card in spec))
    return _chart(path, spec)


def _chart(path: Path, spec: dict[str, Any]) -> ChartSpec:
    _known(path, spec, _CHART_KEYS, needed={"id", "form", "series", "question"})
    series = spec["series"] if isinstance(spec["series"], list) else [spec["series"]]
    return ChartSpec(
        id=spec["id"],
        form=spec["form"],
        series=tuple(SeriesName.parse(name) for name in series),
        question=_names(path, spec["question"]),
        level=spec.get("level", "province"),
        period=spec.get("period", "year"),
        by=spec.get("by", ""),
        title=_optional(path, spec.get("title")),
        last=int(spec.get("last", 0)),
        mature_days=int(spec.get("mature_days", 0)),
        labels=tuple(_names(path, label) for label in spec.get("labels", ())),
        units=tuple(spec.get("units", ())),
        how_to_read=_optional(path, spec.get("how_to_read")),
        caution=_optional(path, spec.get("caution")),
        method=spec.get("method", ""),
        only_found=spec.get("only_found", False),
    )


def _pick(path: Path, spec: str | dict[str, Any]) -> Pick:
    if isinstance(spec, str):
        return Pick(SeriesName.parse(spec), ("year",))
    _known(path, spec, _PICK_KEYS, needed={"value"})
    return Pick(
        SeriesName.parse(spec["value"]),
        tuple(spec.get("periods", ("year",))),
        int(spec.get("mature_days", 0)),
        _optional(path, spec.get("label")),
        spec.get("method", ""),
        spec.get("contrast", ""),
    )


def _mapping(path: Path, text: str) -> dict[str, Any]:
    keys = _yaml(path, text)
    if not isinstance(keys, dict):
        raise PageError(f"{path.name}: expected a list of `key: value` lines")
    return keys


def _yaml(path: Path, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PageError(f"{path.name}: not valid YAML: {error}") from error


def _known(path: Path, keys: dict[str, Any], known: set[str], *, needed: set[str]) -> None:
    for key in sorted(needed - set(keys)):
        raise PageError(f"{path.name}: key `{key}` is missing")
    for key in sorted(set(keys) - known):
        raise PageError(f"{path.name}: unknown key `{key}`; expected {', '.join(sorted(known))}")


def _names(path: Path, pair: dict[str, str]) -> Names:
    if set(pair) != {"zh", "en"} or not all(pair.values()):
        raise PageError(f"{path.name}: `zh` and `en` are both needed in {sorted(pair)}")
    return Names(pair["zh"], pair["en"])


def _optional(path: Path, pair: dict[str, str] | None) -> Names | None:
    return _names(path, pair) if pair else None
