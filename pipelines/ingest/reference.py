"""Reference tables: what is known before any export is read.

Offices, rules, the working calendar and the regions through time come from small CSV files: those
shipped in `data/reference/` or a home's own, which win. They are read strictly, because a wrong
line here would be wrong in every figure: a file may have only the columns it is known for, and
each cell must be what the contract says.

What follows from the regions is derived by `geography`, exports are landed by `landing`, and all
other derived tables are built by `model.build`.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from pipelines.contract import Column, Table
from pipelines.ingest.geography import derive_geography
from pipelines.ingest.person_days import derive_population_days
from pipelines.ingest.population import check_population
from pipelines.ingest.schemas import create, qualified
from pipelines.settings import Home, Settings
from pipelines.words import UserError

SINGLE_REGION = ("000000", "全域", "The whole home", "province")
OPEN_FROM, OPEN_TO = "0001-01-01", "9999-12-31"


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """How a reference file differs from the contract of the table that it fills.

    Attributes:
        table: the table it fills.
        renamed: headers that differ from the contract's column names, by column.
        ignored: headers that a file may have and that no table keeps.
        computed: contract columns that no file has, as SQL over the columns that it has.
    """

    table: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    computed: Mapping[str, str] = field(default_factory=dict)

    def headers(self, contract: Table) -> dict[str, Column]:
        """The contract's columns by the header that a file gives them."""
        return {
            self.renamed.get(column.name, column.name): column
            for column in contract.columns
            if column.name not in self.computed
        }


OFFICES = ReferenceFile("offices")
RULES = ReferenceFile("rule_calendar")
CALENDAR = ReferenceFile("calendar_days")
BREAKS = ReferenceFile("series_breaks")
REGIONS = ReferenceFile(
    "regions",
    renamed={"region_code": "code"},
    ignored=frozenset({"territory_version", "stable_unit", "predecessors", "successors"}),
    computed={
        "region_row": "region_code || '@' || cast(valid_from as varchar)",
        "city_code": "cast(null as varchar)",
        "province_code": "cast(null as varchar)",
        "stable_unit": "cast(null as varchar)",
    },
)
REGION_EVENTS = ReferenceFile(
    "region_events",
    renamed={"event_on": "event_date", "document": "doc_no"},
    ignored=frozenset({"list_year", "townships_moved"}),
)
SPECIAL_CODES = ReferenceFile("region_special_codes")
ALIASES = ReferenceFile("region_aliases", renamed={"region_code": "code"})
POPULATION = ReferenceFile(
    "population", renamed={"reference_on": "reference_date", "code_valid_on": "code_as_of"}
)


_OF_THE_HOME = (OFFICES, RULES, CALENDAR)
_OF_REGIONS = (REGIONS, REGION_EVENTS, SPECIAL_CODES, ALIASES)


def load_reference(
    con: duckdb.DuckDBPyConnection, home: Home, settings: Settings, tables: Mapping[str, Table]
) -> None:
    """Fill the reference tables; derive what a code means on a day, and the person-days.

    Args:
        con: the staging database.
        home: the home whose files win over the shipped ones.
        settings: `region_set` decides which regions are loaded.
        tables: contracts by table name.

    Raises:
        UserError: a file is missing, is not UTF-8 CSV, lacks a column or has one too many, or a
            cell is empty, of the wrong type, outside its code list or repeats a key.
    """
    load_regions(con, home, settings, tables)
    for spec in (*_OF_THE_HOME, POPULATION):
        create(con, tables[spec.table])
    _load_population(con, home, settings.region_set, tables)
    for spec in _OF_THE_HOME:
        path = home.reference_file(f"{spec.table}.csv")
        if path.exists():
            load_file(con, path, spec, tables[spec.table])
    _check_office_regions(con, home.reference_file("offices.csv"), settings.region_set)


def load_regions(
    con: duckdb.DuckDBPyConnection, home: Home, settings: Settings, tables: Mapping[str, Table]
) -> None:
    """Fill the tables of regions alone, and derive what follows from them: schema `geo`.

    Raises:
        UserError: see `load_reference`.
    """
    for schema in ("model", "geo"):
        con.execute(f"create schema if not exists {schema}")
    for spec in _OF_REGIONS:
        create(con, tables[spec.table])
    _read_regions(con, home, settings.region_set, tables)
    derive_geography(con, tables)


def region_files(home: Home, settings: Settings) -> list[Path]:
    """The files that the tables of regions are read from, those that are there."""
    if settings.region_set == "single":
        return []
    paths = [geo_file(home, settings.region_set, spec.table) for spec in _OF_REGIONS]
    return [path for path in paths if path.exists()]


def _read_regions(
    con: duckdb.DuckDBPyConnection, home: Home, region_set: str, tables: Mapping[str, Table]
) -> None:
    if region_set == "single":
        con.execute(
            "insert into geo.regions "
            "(region_row, region_code, name_zh, name_en, level, valid_from, valid_to) "
            f"values ($1 || '@{OPEN_FROM}', $1, $2, $3, $4, date '{OPEN_FROM}', date '{OPEN_TO}')",
            list(SINGLE_REGION),
        )
        return
    for spec in _OF_REGIONS:
        path = geo_file(home, region_set, spec.table)
        if path.exists():
            load_file(con, path, spec, tables[spec.table])
        elif spec is REGIONS:
            raise UserError("model.REFERENCE_MISSING", file=path, region_set=region_set)


def _load_population(
    con: duckdb.DuckDBPyConnection, home: Home, region_set: str, tables: Mapping[str, Table]
) -> None:
    """Read the home's own population, else the censuses that lie beside its regions, if any do."""
    path = home.reference / "population.csv"
    if not path.exists():
        regions = geo_file(home, region_set, "regions")
        path = regions.with_name(regions.name.replace("regions", "population"))
    if path.exists():
        load_file(con, path, POPULATION, tables["population"])
        check_population(con, path)
    derive_population_days(con, tables)


def geo_file(home: Home, region_set: str, table: str) -> Path:
    """The file of a table that each region set has for itself; it may not be there."""
    if region_set == "own":
        return home.reference / f"{table}.csv"
    return home.reference_file(f"geo/{table}_{region_set}.csv")


def load_file(
    con: duckdb.DuckDBPyConnection, path: Path, spec: ReferenceFile, contract: Table
) -> None:
    """Read one CSV as text, check every cell against the contract, then insert it typed.

    Raises:
        UserError: see `load_reference`.
    """
    known = spec.headers(contract)
    headers = _read_headers(path)
    _check_headers(path, headers, known, spec.ignored)
    _read_text(con, path, headers)
    present = {header: column for header, column in known.items() if header in headers}
    for problem in _cell_problems(present):
        problem.refuse_if_any(con, path)
    _check_key(con, path, present, contract)
    typed = ", ".join(
        f'{_typed(header, column, headers)} as "{column.name}"' for header, column in known.items()
    )
    given = [column.name for column in known.values()]
    computed = [f"{expression} as {name}" for name, expression in spec.computed.items()]
    con.execute(
        f"insert into {qualified(contract.name)} by name "
        f"select {', '.join([*given, *computed])} from (select record_no, {typed} from cells) "
        "order by record_no"
    )
    con.execute("drop table cells")


def _read_headers(path: Path) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            headers = next(csv.reader(file), [])
            for _ in iter(lambda: file.read(1 << 20), ""):
                pass
    except UnicodeDecodeError:
        raise UserError("model.REFERENCE_ENCODING", file=path) from None
    return headers


def _check_headers(
    path: Path, headers: list[str], known: Mapping[str, Column], ignored: frozenset[str]
) -> None:
    expected = ", ".join(known)
    for header, column in known.items():
        if column.required and not _default(column) and header not in headers:
            raise UserError(
                "model.REFERENCE_COLUMN_MISSING", file=path, column=header, expected=expected
            )
    for number, header in enumerate(headers, start=1):
        if header not in known and header not in ignored:
            raise UserError(
                "model.REFERENCE_COLUMN_UNKNOWN", file=path, number=number, expected=expected
            )
        if headers.index(header) != number - 1:
            raise UserError("model.REFERENCE_COLUMN_TWICE", file=path, column=header)


def _read_text(con: duckdb.DuckDBPyConnection, path: Path, headers: list[str]) -> None:
    columns = ", ".join(f"'{header}': 'VARCHAR'" for header in headers)
    try:
        con.execute(
            "create or replace temp table cells as "
            "select row_number() over () as record_no, * from read_csv($path, header = true, "
            f"auto_detect = false, columns = {{{columns}}}, delim = ',', quote = '\"', "
            "escape = '\"', nullstr = '')",
            {"path": str(path)},
        )
    except duckdb.Error:
        raise UserError("model.REFERENCE_UNREADABLE", file=path, columns=len(headers)) from None


@dataclass(frozen=True, slots=True)
class _Problem:
    """A condition that is true for a cell which cannot be used, and the words for it."""

    key: str
    header: str
    condition: str
    expected: str

    def refuse_if_any(self, con: duckdb.DuckDBPyConnection, path: Path) -> None:
        ((count, first),) = con.execute(
            f"select count(*), min(record_no) from cells where {self.condition}"
        ).fetchall()
        if count:
            raise UserError(
                self.key,
                file=path,
                column=self.header,
                count=count,
                record=first,
                expected=self.expected,
            )


def _cell_problems(present: Mapping[str, Column]) -> Iterator[_Problem]:
    for header, column in present.items():
        if column.required and not _default(column):
            yield _Problem("model.REFERENCE_EMPTY", header, f'"{header}" is null', "")
        if column.sql_type != "VARCHAR":
            yield _Problem(
                "model.REFERENCE_TYPE",
                header,
                f'"{header}" is not null and try_cast("{header}" as {column.sql_type}) is null',
                column.type,
            )
        if column.codes:
            codes = ", ".join(f"'{code}'" for code in column.codes)
            yield _Problem(
                "model.REFERENCE_CODE",
                header,
                f'"{header}" not in ({codes})',
                ", ".join(column.codes),
            )


def _check_key(
    con: duckdb.DuckDBPyConnection, path: Path, present: Mapping[str, Column], contract: Table
) -> None:
    """Refuse two lines with one key; a region's key is its code with the day it begins."""
    key = ("region_code", "valid_from") if contract.name == "regions" else contract.key
    headers = [header for header, column in present.items() if column.name in key]
    columns = ", ".join(f'"{header}"' for header in headers)
    repeats = con.execute(
        f"select min(record_no), max(record_no) from cells group by {columns} "
        "having count(*) > 1 order by 1"
    ).fetchall()
    if repeats:
        first, last = repeats[0]
        raise UserError(
            "model.REFERENCE_KEY_TWICE",
            file=path,
            columns=", ".join(headers),
            record=first,
            other=last,
        )


def _default(column: Column) -> str:
    """What an empty cell stands for: the ends of a validity are open, nothing else has one."""
    return {"valid_from": OPEN_FROM, "valid_to": OPEN_TO}.get(column.name, "")


def _typed(header: str, column: Column, headers: list[str]) -> str:
    text = f'"{header}"' if header in headers else "null"
    typed = f"cast({text} as {column.sql_type})"
    default = _default(column)
    return f"coalesce({typed}, date '{default}')" if default else typed


def _check_office_regions(con: duckdb.DuckDBPyConnection, path: Path, region_set: str) -> None:
    ((count,),) = con.execute(
        "select count(*) from model.offices as o where o.region_code is not null and not exists "
        "(select 1 from geo.regions as r where r.region_code = o.region_code)"
    ).fetchall()
    if count:
        raise UserError("model.OFFICE_REGION", file=path, count=count, region_set=region_set)


def load_series_breaks(
    con: duckdb.DuckDBPyConnection, home: Home, settings: Settings, tables: Mapping[str, Table]
) -> None:
    """Write `model.series_breaks`: breaks of the home's own world.

    Invented regions have invented rules, so a demo sees the breaks of the set `fictional` only.

    Raises:
        UserError: see `load_reference`.
    """
    contract = tables[BREAKS.table]
    name = qualified(contract.name)
    create(con, contract)
    load_file(con, home.reference_file(f"{BREAKS.table}.csv"), BREAKS, contract)
    world = "fictional" if settings.region_set == "fictional" else "real"
    con.execute(f"delete from {name} where region_set <> ?", [world])
