"""An earlier state can be built again: what was exported later is left out, and nothing else."""

from datetime import datetime
from pathlib import Path

from tests.unit.ingest.world import World

MAPPINGS = Path(__file__).parent / "mappings"
REGISTER = "编号,机构,登记日期,人次,办结日期,更新时间\n"
LIST = "编号,机构,登记日期,人次\n"
MONTHS = {
    "20260131": {
        "F01_台账": REGISTER + "1,F01,2026-01-05,2,,\n2,F01,2026-01-06,3,2026-01-21,\n",
        "F02_未结清单": LIST + "1,F02,2026-01-05,2\n",
    },
    "20260228": {
        "F01_台账": REGISTER + "1,F01,2026-01-05,4,2026-02-10,\n2,F01,2026-01-06,3,,\n",
        "F02_未结清单": LIST + "2,F02,2026-02-06,3\n",
    },
    "20260331": {
        "F01_台账": REGISTER + "2,F01,2026-01-06,3,2026-03-03,\n3,F01,2026-03-01,9,,\n",
        "F02_未结清单": LIST + "1,F02,2026-01-05,2\n",
    },
}
FIGURES = (
    "select 'open' as figure, count(*) from model.case_timelines where closed_on is null union all "
    "select 'persons', sum(persons) from model.case_timelines union all "
    "select outcome || closed_on::varchar || coalesce(closed_after_at::varchar, ''), count(*) "
    "from model.case_timelines where closed_on is not null group by all order by all"
)


def state(world: World, known_at: datetime | None = None) -> list[object]:
    """The figures, and what became of every record."""
    world.accept(known_at)
    return [world.query(FIGURES), world.query("from quarantine.fates order by all")]


def test_every_earlier_state_comes_back(world: World):
    for name in ("dated_register", "open_list"):
        world.mapping((MAPPINGS / f"{name}.yml").read_text(encoding="utf-8"), name)
    seen = []
    for month, files in MONTHS.items():
        for name, content in files.items():
            world.drop(f"{name}_{month}.csv", content)
        seen.append(state(world))
    assert len({repr(one) for one in seen}) == len(MONTHS)
    for month, before in zip(MONTHS, seen, strict=True):
        assert state(world, datetime.strptime(f"{month} 235959", "%Y%m%d %H%M%S")) == before  # noqa: DTZ007 - wall time
