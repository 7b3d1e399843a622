"""The Plotly file that a site carries, and the style sheet that keeps Plotly within the policy.

`make` fetches the basic bundle with npm where npm is at hand; else the file of the Python wheel is
copied, which does the same and is four times as large. Neither is committed.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import PROJECT

THEME = PROJECT / "reports" / "theme"
BASIC = THEME / "node_modules" / "plotly.js-basic-dist-min" / "plotly-basic.min.js"
_MAP_STYLE_GUARD = re.compile(rb'document\.getElementById\("([0-9a-f]{64})"\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A Plotly file.

    Attributes:
        kind: `basic` or `full`.
        style_guard: id of an element that, when present, stops the full bundle from adding a map
            style sheet, which the content policy would refuse with a console message; empty for
            the basic bundle, which has no maps.
    """

    path: Path
    kind: str
    style_guard: str


def find_bundle(basic: Path = BASIC) -> Bundle:
    """The basic bundle where set-up fetched it, else the wheel's own file."""
    if basic.is_file():
        return Bundle(basic, "basic", "")
    import plotly  # noqa: PLC0415 - heavy, and only its folder is wanted

    full = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    guard = _MAP_STYLE_GUARD.search(full.read_bytes())
    return Bundle(full, "full", guard[1].decode() if guard else "")


def write_assets(bundle: Bundle, folder: Path) -> None:
    """Write `plotly.min.js`, `report.js` and `report.css` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(bundle.path, folder / "plotly.min.js")
    shutil.copyfile(THEME / "report.js", folder / "report.js")
    sheets = sorted((THEME / "css").glob("*.css"))
    text = "".join(_shorten(sheet.read_text(encoding="utf-8")) for sheet in sheets)
    (folder / "report.css").write_text(text, encoding="utf-8")


def _shorten(css: str) -> str:
    """Style rules without comments and indentation; the sources keep both."""
    lines = (line.strip() for line in _COMMENT.sub("", css).splitlines())
    return "".join(f"{line}\n" for line in lines if line)
