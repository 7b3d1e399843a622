"""The files that offices send: encodings, file names, and rows laid out with Chinese headers.

Only layout is decided here; what the rows say comes from the modules that draw them. Columns are
built whole and written by polars; files are written in order, piece by piece, and hashed at the
end.
"""

import hashlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import polars as pl

# How each office's system writes CSV; all others write plain UTF-8.
BOM_OFFICES = frozenset({"F02", "F06", "F09", "F11"})
GB18030_OFFICES = frozenset({"C00", "F04", "F08"})

# Folder in the inbox and the word in the file name.
EXPORTS = {
    "case_register": "信访件登记",
    "step_log": "办理步骤",
    "leader_visits": "下访接访",
    "visit_announcements": "下访公告",
    "receptions": "接待登记",
    "evaluations": "满意度评价",
    "people_call_steps": "民呼我为",
    "visit_leaders": "到场领导",
    "visit_registrations": "下访预约登记",
    "visit_totals": "下访日汇总",
    "visit_agenda": "下访候选件",
    "visit_screenings": "积案排查",
    "reception_calendar": "接访日历",
    "office_terms": "领导任期",
    "leader_charges": "领导包案",
    "commitments": "承诺事项",
    "sentinel_reports": "民情暖哨",
    "mediation_centre": "一站式调解",
    "village_mediation": "村社调解",
    "court_petitions": "申诉信访来信",
    "court_events": "申诉信访节点",
    "hall_footfall": "大厅客流",
    "hall_items": "事项联通",
    "policy_suggestions": "政策建议",
    "responsibility_letters": "责任书",
}
# One office got a new system: its earlier registrations stand in a file of their own, under the
# headers of that time.
RENAMED_OFFICE, RENAMED_ON = "F05", date(2014, 1, 1)
OLD_HEADERS = {
    "信访编号": "信访件编号",
    "事项编号": "信访事项编号",
    "信访形式": "信访方式",
    "登记时间": "登记日期",
}
OLD_SYSTEM = "_旧系统"
# One office names its sentinel file as the newspaper misprints it.
MISPRINTS = {("sentinel_reports", "F07"): "民情暖晴"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """Encoding and line end of one office's system."""

    encoding: str = "utf-8"
    line_end: str = "\n"

    @classmethod
    def of(cls, office: str) -> "Dialect":
        """The dialect of an office."""
        if office in GB18030_OFFICES:
            return cls("gb18030", "\r\n")
        if office in BOM_OFFICES:
            return cls("utf-8-sig", "\r\n")
        return cls()


@dataclass(slots=True)
class ExportFile:
    """One file being written: frames go in, bytes come out in the office's dialect."""

    path: str
    dialect: Dialect
    target: BinaryIO
    rows: int = 0

    def write(self, frame: pl.DataFrame) -> None:
        """Append rows; the first frame also writes the header."""
        first = self.rows == 0 and not self.target.tell()
        buffer = BytesIO()
        frame.write_csv(
            buffer,
            include_header=first,
            include_bom=first and self.dialect.encoding == "utf-8-sig",
            line_terminator=self.dialect.line_end,
            datetime_format="%Y-%m-%d %H:%M:%S",
            date_format="%Y-%m-%d",
        )
        data = buffer.getvalue()
        if self.dialect.encoding == "gb18030":
            data = data.decode("utf-8").encode("gb18030")
        self.target.write(data)
        self.rows += len(frame)


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: its path inside the inbox, data rows and SHA-256."""

    path: str
    rows: int
    sha256: str


@dataclass(slots=True)
class Outbox:
    """Where the files are written, and what has been written so far."""

    folder: Path
    until: date
    written: list[Written] = field(default_factory=list)

    @contextmanager
    def open(self, table: str, office: str, part: str = "") -> Generator[ExportFile]:
        """Open the file of one office for one export, or a part of it named in the file's name."""
        word = MISPRINTS.get((table, office), EXPORTS[table])
        path = f"{table}/{office}_{word}{part}_{self.until:%Y%m%d}.csv"
        (self.folder / table).mkdir(parents=True, exist_ok=True)
        with (self.folder / path).open("wb") as target:
            export = ExportFile(path, Dialect.of(office), target)
            yield export
        with (self.folder / path).open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        self.written.append(Written(path, export.rows, digest))

    @contextmanager
    def open_register(self, office: str) -> Generator[Callable[[pl.DataFrame], None]]:
        """Open the case register of one office; yields what appends rows to it."""
        with self.open("case_register", office) as file:
            if office != RENAMED_OFFICE:
                yield file.write
                return
            with self.open("case_register", office, OLD_SYSTEM) as old:

                def write(frame: pl.DataFrame) -> None:
                    is_old = frame["登记时间"] < datetime.combine(RENAMED_ON, datetime.min.time())
                    old.write(frame.filter(is_old).rename(OLD_HEADERS))
                    file.write(frame.filter(~is_old))

                yield write

    def send(self, table: str, office: str, frame: pl.DataFrame) -> None:
        """Write one office's whole file for one export."""
        with self.open(table, office) as file:
            file.write(frame)
