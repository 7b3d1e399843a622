"""The steps of a run, as plain functions that work without Dagster.

`Installation` is everything a step needs to know; each step reads what the steps before it left in
the home folder and returns counts, never rows. Which steps there are and what they cost is decided
here; who starts them (`definitions.py`, the command line, a test) is not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pipelines.engine.contract import Table, load_tables
from pipelines.engine.indicator import Indicator, load_indicators
from pipelines.ingest.mapping import Source, load_sources
from pipelines.settings import PACKAGE, Home, Settings

Facts = dict[str, int | str]


@dataclass(frozen=True, slots=True)
class Installation:
    """One home folder with its decisions and the definitions that its run uses."""

    home: Home
    settings: Settings
    tables: dict[str, Table]
    sources: dict[str, Source]
    indicators: dict[str, Indicator]
    revise: bool = False

    @classmethod
    def at(cls, root: Path | None = None, *, revise: bool = False) -> Self:
        """Load the definitions for the home folder `root` (see `Home.at`).

        Raises:
            SettingsError, ContractError, UserError: a definition cannot be used.
        """
        home = Home.at(root)
        return cls(
            home=home,
            settings=Settings.load(home),
            tables=load_tables(PACKAGE / "model"),
            sources=load_sources(home),
            indicators=load_indicators(PACKAGE / "indicators"),
            revise=revise,
        )


Step = Callable[[Installation], Facts]
