"""One small simulated home, its exports in a database as text, and its truth.

The exports are read by Python's own CSV reader, so nothing of the pipeline takes part. The table
`steps` holds those of both logs; `timeline` has one row per case with the times of its steps, where
closings that were moved before the registration are left out.
"""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

import duckdb
import pytest

from pipelines.settings import Home
from pipelines.simulate.run import SimulationReport, simulate

CASES = 20_000
UNTIL = date(2026, 10, 31)
GB18030_SENDERS = {"C00", "F04", "F08"}


@dataclass(frozen=True)
class Demo:
    """A simulated home; `con` holds one table of text per export, each with its `sender`."""

    home: Home
    report: SimulationReport
    truth: dict[str, Any]
    con: duckdb.DuckDBPyConnection

    @classmethod
    def of(cls, tmp_path_factory: pytest.TempPathFactory, **world: Any) -> Self:
        """Simulate a world and read its exports."""
        home = Home.at(tmp_path_factory.mktemp("demo"))
        report = simulate(home, cases=CASES, until=UNTIL, **world)
        truth = json.loads((home.root / "truth.json").read_text(encoding="utf-8"))
        con = duckdb.connect()
        scratch = tmp_path_factory.mktemp("plain")
        for folder in sorted(home.inbox.iterdir()):
            _load(con, folder, scratch, truth["old_headers"]["columns"])
        con.execute(STEPS)
        con.execute(TIMELINE)
        return cls(home, report, truth, con)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.con.execute(query).fetchall()

    def value(self, query: str) -> Any:
        return self.rows(query)[0][0]

    def count(self, table: str, where: str = "true") -> int:
        return self.value(f"select count(*) from {table} where {where}")

    def share(self, table: str, part: str, where: str = "true") -> float:
        return self.count(table, f"({part}) and ({where})") / self.count(table, where)


def read_export(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and records of an export in whatever encoding its office writes."""
    encoding = "gb18030" if path.name[:3] in GB18030_SENDERS else "utf-8-sig"
    with path.open(encoding=encoding, newline="") as file:
        header, *records = csv.reader(file)
    return header, records


def _load(
    con: duckdb.DuckDBPyConnection, folder: Path, scratch: Path, renamed: dict[str, str]
) -> None:
    for path in sorted(folder.iterdir()):
        header, records = read_export(path)
        header = [renamed.get(name, name) for name in header]
        plain = scratch / f"{folder.name}_{path.name}"
        with plain.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(
                [[*header, "sender"], *([*r, path.name[:3]] for r in records)]
            )
    con.execute(
        f"create table {folder.name} as "
        f"select * from read_csv('{scratch}/{folder.name}_*.csv', header = true, "
        "all_varchar = true, nullstr = '')"
    )


# Two systems log the steps: the offices their own, the platform those of the cases that it took.
STEPS = """
create table steps as
select * from step_log
union all by name
select
    信访编号,
    节点序号 as 步骤序号,
    case 节点
        when '提交' then '登记' when '转交' then '转送' when '不受理' then '不予受理'
        when '回访' then '回访核实' else 节点
    end as 步骤,
    replace(left(留痕时间, 19), 'T', ' ') as 时间,
    来源单位 as 转出单位,
    承办单位 as 转入单位,
    答复意见 as 处理意见,
    结论,
    延期天数,
    replace(left(录入时间, 19), 'T', ' ') as 录入时间,
    sender
from people_call_steps
"""
TIMELINE = """
create table timeline as
select
    信访编号 as id,
    sender,
    登记时间::timestamp as registered,
    max(moment) filter (where 步骤 = '受理') as accepted,
    max(moment) filter (where 步骤 = '不予受理') as refused,
    max(moment) filter (where 步骤 = '延期') as extended,
    max(moment) filter (where 步骤 = '答复') as replied,
    max(moment) filter (where 步骤 = '办结') as closed,
    max(moment) filter (where 步骤 = '撤回') as withdrawn,
    max(moment) filter (where 步骤 = '终结') as terminated,
    max(moment) filter (where 转入单位 = 'W99') as passed_on,
    coalesce(max(延期天数::integer), 0) as extension,
    least(refused, closed, withdrawn, terminated) as ended
from (select distinct * from case_register) as c
join (select distinct *, 时间::timestamp as moment from steps) as s using (信访编号, sender)
where s.moment >= 登记时间::timestamp
group by all
"""


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo.of(tmp_path_factory)
