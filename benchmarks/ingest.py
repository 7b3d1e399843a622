"""One big register landed and judged, beside readers that do nothing else with the same bytes.

`python -m benchmarks.ingest 1000000 10000000`. CSV is held against DuckDB reading it and writing it
as Parquet, a workbook of 100,000 rows against python-calamine's bare read. Every figure comes from
the same call, without starting Python and loading the mappings; the peaks of the processes show
whether memory grows with the file.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import duckdb
import openpyxl

from benchmarks.measure import Cost, measure, spent_on
from pipelines.settings import PROJECT, Home, Settings

WORK = PROJECT / "benchmarks" / ".work" / "ingest"
SIZES = (1_000_000, 10_000_000)
WORKBOOK_ROWS = 100_000
NAME = "F01_信访件登记_20261031"
SETTINGS = Settings(region_set="fictional")
# Every third submission repeats a matter; one number in a thousand is not a number.
REGISTER = """
    select
        'A' || i as 信访编号, 'M' || i // 3 as 事项编号, 'F0101' as 登记机构, '990102' as 问题属地,
        ['来信', '来访', '网上', '电话'][1 + i % 4] as 信访形式,
        ['申诉', '求决', '意见建议'][1 + i % 3] as 信访目的,
        ['农村农业', '国土资源', '城乡建设', '环境保护'][1 + i % 4] as 内容分类,
        ['省', '市', '县'][1 + i % 3] as 接收层级,
        case when i % 1000 = 0 then '若干' else cast(1 + i % 7 as varchar) end as 人次,
        ['是', '否'][1 + i % 2] as 是否初次,
        strftime(timestamp '2010-01-01 08:00:00' + to_seconds(i * 47 % 500000000),
            '%Y-%m-%d %H:%M:%S') as 登记时间,
        '' as 更新时间, '某某' as 信访人姓名, '19900000000' as 联系电话
    from range(1, {rows} + 1) as numbers(i)
"""


def main(sizes: tuple[int, ...]) -> None:
    """Measure each size of CSV, then the workbook."""
    print("| file | what | seconds | CPU s | peak MiB | rows/s | MB/s | of bare | of its CPU |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for rows in sizes:
        home = _home(rows, "csv")
        (file,) = home.inbox.rglob("*.csv")
        bare = measure("-m", "benchmarks.floor", str(home.root), str(WORK / "floor"))
        _measure_home(f"{rows:,} records, CSV", home, file, rows, bare)
    home = _home(WORKBOOK_ROWS, "xlsx")
    (file,) = home.inbox.rglob("*.xlsx")
    bare = measure("-m", "benchmarks.ingest", "calamine", str(file))
    _measure_home(f"{WORKBOOK_ROWS:,} records, XLSX", home, file, WORKBOOK_ROWS, bare)
    shutil.rmtree(WORK)


def _home(rows: int, form: str) -> Home:
    """A home with one export of so many records."""
    shutil.rmtree(WORK, ignore_errors=True)  # with it the last vault, and what its key was for
    home = Home(WORK / "home")
    file = home.inbox / "case_register" / f"{NAME}.{form}"
    file.parent.mkdir(parents=True)
    query = REGISTER.format(rows=rows)
    if form == "csv":
        duckdb.execute(f"copy ({query}) to '{file}' (format csv, header)")
        return home
    found = duckdb.execute(query)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append([name for name, *_ in found.description or ()])
    for row in found.fetchall():
        sheet.append(row)
    book.save(file)
    return home


def _measure_home(name: str, home: Home, file: Path, rows: int, bare: Cost) -> None:
    size = file.stat().st_size / 1e6
    landed = measure("-m", "benchmarks.ingest", "land", str(home.root))
    judged = measure("-m", "benchmarks.ingest", "judge", str(home.root))
    for what, cost in (
        ("bare read", bare),
        ("into the vault", landed),
        ("landing", landed),
        ("acceptance", judged),
    ):
        spent, least = cost.answer[what], bare.answer["bare read"]
        figures = (f"{spent['seconds']:.2f}", f"{spent['cpu']:.1f}", f"{cost.peak_mib:,.0f}")
        rates = (f"{rows / spent['seconds']:,.0f}", f"{size / spent['seconds']:.1f}")
        ratios = (f"{spent[unit] / least[unit]:.2f}" for unit in ("seconds", "cpu"))
        print(f"| {' | '.join((name, what, *figures, *rates, *ratios))} |", flush=True)


def land(root: str) -> None:
    """Vault and landing of everything in a home; prints what each costs."""
    from pipelines.contract import load_tables  # noqa: PLC0415 - not in the other processes
    from pipelines.ingest import vault  # noqa: PLC0415 - as above
    from pipelines.ingest.landing import build_landing  # noqa: PLC0415 - as above
    from pipelines.ingest.mapping import load_sources  # noqa: PLC0415 - as above
    from pipelines.settings import PACKAGE  # noqa: PLC0415 - as above

    home, tables = Home(Path(root)), load_tables(PACKAGE / "model")
    sources = load_sources(home, tables)
    costs = {
        "into the vault": spent_on(lambda: vault.land(home, SETTINGS, sources, settle=0)),
        "landing": spent_on(lambda: build_landing(home, SETTINGS, sources, tables)),
    }
    print(json.dumps(costs))


def judge(root: str) -> None:
    """Acceptance of everything that has landed; prints what it costs."""
    from pipelines.contract import load_tables  # noqa: PLC0415 - as above
    from pipelines.ingest.reference import load_reference  # noqa: PLC0415 - as above
    from pipelines.ingest.staging import open_staging, rebuild_staging  # noqa: PLC0415 - as above
    from pipelines.settings import PACKAGE  # noqa: PLC0415 - as above
    from pipelines.validate.accept import accept_rows  # noqa: PLC0415 - as above

    home, tables = Home(Path(root)), load_tables(PACKAGE / "model")
    rebuild_staging(home, SETTINGS, tables)
    with open_staging(home, SETTINGS) as con:
        load_reference(con, home, SETTINGS, tables)
        print(json.dumps({"acceptance": spent_on(lambda: accept_rows(con, tables))}))


def calamine(file: str) -> None:
    """Read a workbook and do nothing with it; prints what that costs."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - as above

    def read() -> None:
        CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()

    print(json.dumps({"bare read": spent_on(read)}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["land", root]:
            land(root)
        case ["judge", root]:
            judge(root)
        case ["calamine", file]:
            calamine(file)
        case given:
            with tempfile.TemporaryDirectory() as folder:
                os.environ["PETITIONS_KEY_FILE"] = f"{folder}/bench.key"
                main(tuple(map(int, given)) or SIZES)
