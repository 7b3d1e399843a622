"""Columns of texts, landed by a mapping of their own: for tests of what texts become."""

from typing import Any

from tests.unit.ingest.test_mapping import GOOD
from tests.unit.ingest.world import World

STEP = '  办结: {to: case_events.close, dates: ["%Y-%m-%d"]}\n'


def land_column(world: World, spec: str, *texts: str, source: str = "") -> None:
    """Land one column under the header 值, a record for each text; `source` are more keys."""
    mapping = GOOD.replace(STEP, "").replace("姓名: {personal: drop}", f"值: {{{spec}}}")
    world.mapping(mapping.replace("columns:", f"{source}\ncolumns:"))
    cells = (text.replace('"', '""') for text in texts)
    rows = [f'{n},F01,2026-01-05,"{cell}"' for n, cell in enumerate(cells)]
    world.drop("F01_own_20261031.csv", "\n".join(("编号,机构,时间,值", *rows)))
    world.build()


def values(world: World, columns: str, count: int) -> list[Any]:
    """What became of each record; where it was refused, the reason codes."""
    rows = world.rows("cases", f"record_no, {columns}")
    found = {number: rest[0] if len(rest) == 1 else rest for number, *rest in rows}
    reasons: dict[int, str] = {}
    for number, _, reason, severity in world.refusals():
        if severity == "error":
            reasons[number] = f"{reasons.get(number, '')} {reason}".strip()
    return [found.get(n, reasons.get(n)) for n in range(1, count + 1)]


def become(world: World, spec: str, columns: str, texts: tuple[str, ...], source: str = "") -> Any:
    """Land a column and return what became of each of its texts."""
    land_column(world, spec, *texts, source=source)
    return values(world, columns, len(texts))
