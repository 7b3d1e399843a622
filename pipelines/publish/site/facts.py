"""What the site is told about its release, and what it reports back.

Neither holds a figure: every number on a page comes from the gated tables.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """The facts of the release that the site stands in.

    Attributes:
        release: id of the release, `<day of the data>-r<number>`.
        as_of: day of the latest extract behind the figures.
        data_through: last day of the last closed period.
        version: version of the program that made it.
    """

    release: str
    as_of: date
    data_through: date
    version: str


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
