"""A staging database small enough to read aloud: rows that landed, and what became of them.

Rows are written as `a | b | c` under such a header. What a line leaves out is filled in so that the
row is sound, and each line is one record of its file.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb

from pipelines.contract import Table, load_tables
from pipelines.settings import PACKAGE
from pipelines.validate.accept import accept_rows
from pipelines.validate.rules import fed_tables

TABLES = load_tables(PACKAGE / "model")
AS_OF = "2024-12-31 23:59:59"
LINEAGE = {
    "file_id": "VARCHAR",
    "record_no": "BIGINT",
    "sender_id": "VARCHAR",
    "as_of": "TIMESTAMP",
    "precedence": "INTEGER",
}
SOUND: dict[str, dict[str, str]] = {
    "cases": {"case_id": "c1", "office_id": "F01", "registered_at": "2024-01-01 09:00:00"},
    "case_events": {
        "event_id": "e1",
        "case_id": "c1",
        "event_type": "handle",
        "event_at": "2024-01-02 09:00:00",
    },
    "leader_visits": {
        "visit_id": "v1",
        "visit_on": "2024-03-01",
        "region_code": "990102",
        "tier": "county",
        "status": "held",
    },
    "visit_announcements": {
        "announcement_id": "n1",
        "visit_id": "v1",
        "announced_on": "2024-02-20",
    },
    "receptions": {"batch_id": "b1", "received_at": "2024-03-01 10:00:00", "persons": "1"},
    "evaluations": {
        "evaluation_id": "q1",
        "case_id": "c1",
        "asked_at": "2024-02-01 09:00:00",
    },
    "visit_leaders": {"leader_post_id": "p1", "visit_id": "v1"},
    "visit_registrations": {
        "registration_id": "g1",
        "visit_id": "v1",
        "registered_at": "2024-02-27 09:00:00",
    },
    "visit_totals": {"visit_id": "v1"},
    "visit_agenda": {
        "case_id": "c1",
        "visit_id": "v1",
        "is_candidate": "true",
        "is_selected": "false",
    },
    "visit_screenings": {"case_id": "c1", "visit_id": "v1", "screened_on": "2024-02-20"},
    "reception_calendar": {
        "calendar_id": "r1",
        "region_code": "990102",
        "tier": "county",
        "scheduled_on": "2024-03-15",
    },
    "office_terms": {
        "leader_post_id": "p1",
        "region_code": "990102",
        "tier": "county",
        "from_on": "2022-01-01",
    },
    "leader_charges": {"charge_id": "k1", "taken_on": "2024-03-01"},
    "commitments": {"commitment_id": "n1", "made_on": "2024-03-01"},
    "mediation_cases": {"mediation_id": "m1", "applied_on": "2024-03-01"},
    "court_petitions": {"court_petition_id": "l1", "received_on": "2024-03-01"},
    "court_events": {
        "court_event_id": "d1",
        "court_petition_id": "l1",
        "node": "handle",
        "event_at": "2024-03-02 09:00:00",
    },
    "sentinel_reports": {"sentinel_id": "s1", "reported_at": "2024-03-01 06:43:00"},
    "hall_footfall": {"hall_id": "h1", "day": "2024-03-01"},
    "hall_items": {"hall_id": "h1", "sector": "税务", "counted_on": "2024-03-01"},
    "policy_suggestions": {"suggestion_id": "a1", "made_on": "2024-03-01"},
    "responsibility_letters": {
        "letter_id": "z1",
        "letter_year": "2024",
        "signed_on": "2024-01-20",
    },
}
REGIONS = """
    990102 | 0001-01-01 | 9999-12-31 | valid
    990103 | 0001-01-01 | 2010-01-01 | valid
    990103 | 2010-01-01 | 2011-02-06 | late_old_code
    990103 | 2011-02-06 | 9999-12-31 | expired
    990104 | 2009-01-01 | 2010-01-01 | recoded_history
    990104 | 2010-01-01 | 9999-12-31 | valid
    990100 | 0001-01-01 | 9999-12-31 | roll_up
"""


@dataclass
class World:
    """What landed, in a database in memory or in the file given."""

    path: str = ":memory:"
    tables: dict[str, Table] = field(default_factory=lambda: TABLES)
    records: dict[str, int] = field(default_factory=dict)
    recoded: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.con = duckdb.connect(self.path, config={"threads": "1"})
        self.con.execute("begin")
        for schema in ("landing", "model", "geo", "ops", "quarantine"):
            self.con.execute(f"create schema {schema}")
        for table in fed_tables(self.tables).values():
            columns = self._types(table)
            body = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            self.con.execute(f"create table landing.{table.name} ({body})")
        self.con.execute(
            "create table landing.refusals (file_id varchar, table_name varchar, "
            "record_no bigint, column_name varchar, rule_id varchar, reason_code varchar, "
            "severity varchar)"
        )
        self.con.execute(
            "create table ops.files (file_id varchar, table_name varchar, sender_id varchar, "
            "as_of timestamp, records bigint, source varchar, shape varchar, made_from varchar, "
            "name varchar, period_start date, period_end date)"
        )
        self.con.execute(
            "create table ops.file_findings (file_id varchar, name varchar, source varchar, "
            "severity varchar, reason_code varchar, column_name varchar, detail varchar, "
            "found_count bigint)"
        )
        self.con.execute(
            "create table ops.listings (file_id varchar, source varchar, sender_id varchar, "
            "as_of timestamp, unseen_count bigint)"
        )
        self.con.execute(
            "create table landing.sightings (table_name varchar, record_key varchar, "
            "file_id varchar, record_no bigint, sender_id varchar, as_of timestamp)"
        )
        for name in ("offices", "rule_calendar", "calendar_days"):
            self.con.execute(TABLES[name].create_sql(f"model.{name}"))
        self.con.execute(self.tables["region_validity"].create_sql("geo.region_validity"))
        self.con.execute(self.tables["regions"].create_sql("geo.regions"))
        for line in REGIONS.strip().splitlines():
            code, begin, end, status = (cell.strip() for cell in line.split("|"))
            self.con.execute(
                "insert into geo.region_validity values (?, ?, ?, ?, ?)",
                [code, begin, end, status, f"{code}@0001-01-01"],
            )
        self.con.execute("commit")

    def land(self, table: str, header: str = "", *lines: str) -> None:
        """Let rows land in `table`; without a header, one sound row."""
        if not header:
            self._land(table, {})
        names = [name.strip() for name in header.split("|")]
        for line in lines:
            cells = [cell.strip() for cell in line.split("|")]
            self._land(table, dict(zip(names, cells, strict=True)))

    def rule(
        self,
        topic: str,
        value: int,
        start: str,
        begin: str = "0001-01-01",
        until: str = "9999-12-31",
        *,
        is_moved: bool = False,
        is_stopped: bool = False,
    ) -> None:
        """Put a limit in days into the rule calendar, in force from `begin` to before `until`."""
        self.con.execute(
            "insert into model.rule_calendar (rule_id, topic, value, unit, clock_start, "
            "valid_from, valid_to, is_moved_to_workday, is_stopped_by_hearing) "
            "values ($1 || $4, $1, $2, 'day', $3, $4, $5, $6, $7)",
            [topic, value, start, begin, until, is_moved, is_stopped],
        )

    def refuse(self, table: str, record_no: int, severity: str = "error") -> None:
        """Let ingestion refuse a record of file `a`, or remark on it."""
        self.con.execute(
            "insert into landing.refusals "
            "values ('a', ?, ?, 'registered_at', 'E_DATE', 'E_DATE', ?)",
            [table, record_no, severity],
        )

    def accept(self) -> None:
        """List the files, unless that was done, and judge every row."""
        for name in fed_tables(self.tables):
            self.con.execute(
                "insert into ops.files "
                "(file_id, table_name, sender_id, as_of, records, source, shape, made_from, name) "
                "select file_id, $name, any_value(sender_id), max(as_of), count(*), "
                "'register', 'rows', '', file_id from ("
                f"select file_id, sender_id, as_of from landing.{name} union all "
                "select file_id, null, null from landing.refusals "
                "where table_name = $name and severity = 'error') "
                "where (file_id, $name) not in (select (file_id, table_name) from ops.files) "
                "group by file_id",
                {"name": name},
            )
        accept_rows(self.con, self.tables, recoded=self.recoded, named=self.named)

    def current(self, table: str, columns: str = "") -> list[str]:
        """The accepted rows of a table: their keys, or the columns named."""
        return self.show(f"model.{table}", columns or " ".join(self.tables[table].key))

    def reasons(self, table: str) -> list[str]:
        """Why records of a table are out or remarked on: `file record rule code severity`."""
        return self.show(
            "quarantine.records",
            "file_id record_no rule_id reason_code severity",
            f"table_name = '{table}'",
        )

    def fates(self, table: str) -> list[str]:
        """Per file: current, superseded, duplicate, quarantined and all records."""
        return self.show(
            "quarantine.fates",
            "file_id current_count superseded_count duplicate_count quarantined_count records",
            f"table_name = '{table}'",
        )

    def check(self, check_id: str, table: str) -> tuple[str, bool, int, int]:
        """Severity, verdict, failed and total of one check."""
        rows = self.con.execute(
            "select severity, passed, failed_count, total_count from ops.checks "
            "where check_id = ? and table_name = ?",
            [check_id, table],
        ).fetchall()
        assert len(rows) == 1, f"{check_id} of {table} was recorded {len(rows)} times"
        return rows[0]

    def show(self, relation: str, columns: str, where: str = "true") -> list[str]:
        """Rows as `a b c`, sorted."""
        cells = ", ".join(f"cast({name} as varchar)" for name in columns.split())
        rows = self.con.execute(f"select {cells} from {relation} where {where}").fetchall()
        return sorted(" ".join(cell or "-" for cell in row) for row in rows)

    def _land(self, table: str, given: dict[str, str]) -> None:
        sent = {"file_id": "a", "sender_id": "F01", "as_of": AS_OF, "precedence": "1"}
        row = sent | SOUND[table] | given
        file = f"{row['file_id']} {table}"
        self.records[file] = self.records.get(file, 0) + 1
        row.setdefault("record_no", str(self.records[file]))
        types = self._types(self.tables[table])
        values = ", ".join(f"cast(nullif(${name}, '') as {types[name]})" for name in row)
        self.con.execute(f"insert into landing.{table} ({', '.join(row)}) values ({values})", row)

    @staticmethod
    def _types(table: Table) -> dict[str, str]:
        columns = {column.name: column.sql_type for column in table.columns}
        return columns | LINEAGE


def outcome(world: World, tables: Iterable[str]) -> dict[str, list[str]]:
    """Everything that acceptance decided, in a form that two worlds can be compared by."""
    return {
        kind: rows
        for table in tables
        for kind, rows in (
            (f"{table} current", world.current(table, "file_id record_no")),
            (f"{table} reasons", world.reasons(table)),
            (f"{table} fates", world.fates(table)),
        )
    }
