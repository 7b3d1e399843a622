"""Static drawings: every figure once as SVG, by Kaleido in a headless Chrome, in one call.

The drawing is what a phone, a printer, a reader without JavaScript and the first paint show. The
same figure, the same fonts and the same Chrome give the same bytes: Plotly's random ids are taken
out here.
"""

import os
import re
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from pipelines.publish.site.bundle import Bundle
from pipelines.publish.site.style import Json, Plot

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_DRAWING_ID = re.compile(r'id="defs-([0-9a-f]{6})"')
_EMPTY = re.compile(
    r"<(?:g|path|defs)(?: (?:class|style|transform|id)=\"[^\"]*\")*(?:/>|></(?:g|path|defs)>)"
)
_CLIP = re.compile(r"<clipPath[^>]* id=\"([^\"]+)\"[^>]*>.*?</clipPath>", re.DOTALL)
_REFERENCE = re.compile(r"url\(['\"]?#([^'\")]+)")
_UNSEEN = re.compile(r"<rect[^>]*stroke-opacity: 0;[^>]*fill-opacity: 0;\"/>")
_DEFAULT = re.compile(r"(?<=[\" ])(?:(?:stroke-|fill-)?opacity: 1|vector-effect: none); ?")
_PATH = re.compile(r" d=\"[^\"]*\"")
_BEYOND_HUNDREDTHS = re.compile(r"(\.\d\d)\d{3,}")
_FONT = re.compile(r"font-family: ([^;\"]+); ")


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture to draw: traces and layout of a figure, and where the SVG goes."""

    data: list[Json]
    layout: Json
    path: Path


def drawings_of(plot: Plot, folder: Path, chart_id: str) -> list[Drawing]:
    """The wide and the narrow picture of a chart."""
    return [
        Drawing(plot.data, plot.wide, folder / f"{chart_id}.w.svg"),
        Drawing(plot.data, plot.narrow, folder / f"{chart_id}.n.svg"),
    ]


def find_chrome() -> str:
    """Path of a Chrome that can draw: `BROWSER_PATH`, else one on the path; empty without one."""
    named = os.environ.get("BROWSER_PATH", "")
    if named:
        return named if Path(named).is_file() else ""
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


def can_draw() -> bool:
    """Whether static drawings can be made here: Kaleido is installed and there is a Chrome."""
    return find_spec("kaleido") is not None and bool(find_chrome())


def draw(drawings: list[Drawing], bundle: Bundle) -> None:
    """Draw every picture and write it in its normal form."""
    import kaleido  # noqa: PLC0415 - heavy, and optional

    for drawing in drawings:
        drawing.path.parent.mkdir(parents=True, exist_ok=True)
    kaleido.write_fig_from_object_sync(
        [
            {
                "fig": {"data": numbered(drawing.data), "layout": drawing.layout},
                "path": drawing.path,
                "opts": {
                    "format": "svg",
                    "width": drawing.layout["width"],
                    "height": drawing.layout["height"],
                },
            }
            for drawing in drawings
        ],
        kopts={"mathjax": False, "n": 2, "plotlyjs": str(bundle.path), "path": find_chrome()},
    )
    for drawing in drawings:
        svg = drawing.path.read_text(encoding="utf-8")
        drawing.path.write_text(normal_form(svg), encoding="utf-8")


def numbered(data: list[Json]) -> list[Json]:
    """Traces with ids by position, in place of the random ones that Plotly would give them."""
    return [trace | {"uid": f"t{at}"} for at, trace in enumerate(data)]


def normal_form(svg: str) -> str:
    """An SVG without its random id and what nothing refers to, its font said once, in hundredths.

    Traces have random ids too; those are fixed in the figure, by `uid`.
    """
    if found := _DRAWING_ID.search(svg):
        svg = re.sub(rf"(defs-|clip|legend){found[1]}", r"\g<1>0", svg)
    used = set(_REFERENCE.findall(svg))
    svg = _CLIP.sub(lambda match: match[0] if match[1] in used else "", svg)
    svg = _DEFAULT.sub("", _UNSEEN.sub("", svg))
    svg = _PATH.sub(lambda match: _BEYOND_HUNDREDTHS.sub(r"\1", match[0]), svg)
    while (shorter := _EMPTY.sub("", svg)) != svg:
        svg = shorter
    if font := _FONT.search(svg):
        svg = svg.replace(font[0], "").replace("<svg ", f'<svg font-family="{font[1]}" ', 1)
    return svg
