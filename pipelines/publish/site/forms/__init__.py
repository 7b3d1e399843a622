"""The forms a chart can have. A page names one; each module here draws one.

| form | shows | chosen because |
|---|---|---|
| `lines` | one to four series over time, with intervals | change over time on one scale |
| `panels` | series over time, one panel each | change over time where scales differ: no dual axis |
| `dots` | categories in one period, with intervals | magnitude with uncertainty, in code order |
| `multiples` | one small panel for each place | change over time of many places, no ranking |
| `tiles` | one tile for each city, with its interval | rough place without borders |
| `control` | one series against limits or a trend | signals from a rule, not from the eye |
| `effects` | changes with intervals around zero | whether an interval leaves out no change |
| `funnel` | places by size against limits | chance is wider for small places, no ranking |
| `bars` | steps, ways and rules in one period | names too long for a margin |
| `curves` | shares by days since the beginning | how long, with those still open |
| `stacked` | the ways to end by days since the beginning | parts of a whole that grows |
| `flow` | where things begin and where they end | a shaded table can be read aloud, a Sankey not |
"""

from collections.abc import Callable

from pipelines.publish.site.chart import Chart
from pipelines.publish.site.forms.bars import draw_bars
from pipelines.publish.site.forms.control import draw_control
from pipelines.publish.site.forms.curves import draw_curves, draw_stacked
from pipelines.publish.site.forms.dots import draw_dots
from pipelines.publish.site.forms.funnel import draw_funnel
from pipelines.publish.site.forms.lines import draw_lines
from pipelines.publish.site.forms.multiples import draw_multiples
from pipelines.publish.site.forms.panels import draw_panels
from pipelines.publish.site.style import Plot
from pipelines.publish.site.wording import Speaker

PLOTTED: dict[str, Callable[[Chart, Speaker], Plot]] = {
    "lines": draw_lines,
    "panels": draw_panels,
    "dots": draw_dots,
    "multiples": draw_multiples,
    "control": draw_control,
    "effects": draw_dots,
    "funnel": draw_funnel,
    "bars": draw_bars,
    "curves": draw_curves,
    "stacked": draw_stacked,
}
FORMS = (*PLOTTED, "tiles", "flow")

__all__ = ["FORMS", "PLOTTED"]
