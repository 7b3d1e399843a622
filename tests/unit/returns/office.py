"""An office that gets its refused records back, repairs them in a spreadsheet and sends them in."""

from collections.abc import Callable
from pathlib import Path

import openpyxl

from pipelines.returns.export import Return, export_returns
from pipelines.returns.records import Installed
from pipelines.returns.replay import Replayed, replay
from tests.unit.ingest.world import World, open_staging

Row = list[str]


def installed(world: World) -> Installed:
    return Installed(world.home, world.settings, world.sources, world.tables)


def export(world: World, folder: Path, only: str = "") -> list[Return]:
    with open_staging(world.home, world.settings) as con:
        return export_returns(con, installed(world), folder, only)


def send_in(world: World, path: Path) -> list[Replayed]:
    return replay(installed(world), path)


def rows(path: Path) -> list[Row]:
    (sheet,) = openpyxl.load_workbook(path).worksheets
    return [[str(cell) if cell is not None else "" for cell in row]
            for row in sheet.iter_rows(values_only=True)]  # fmt: skip


def repair(path: Path, mend: Callable[[Row], Row | None]) -> None:
    """Change the rows of a workbook as a person would, in the file itself."""
    book = openpyxl.load_workbook(path)
    (sheet,) = book.worksheets
    kept = [mend(row) for row in rows(path)[1:]]
    sheet.delete_rows(2, sheet.max_row)
    for row in kept:
        if row is not None:
            sheet.append(row)
    book.save(path)
