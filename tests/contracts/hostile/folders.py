"""Group J: what lies in a folder, under what name, and what happens to it meanwhile."""

import gzip
import io
import os
import pickle
import stat
import zipfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from pipelines.ingest import vault
from pipelines.ingest.inbox import growing
from tests.contracts.hostile.case import Case, Content, Decision, Expected, accepted, rejected
from tests.contracts.hostile.exports import FILE, REGISTER, csv, marked, record

BOMB_BYTES = 100 << 20
LINE_BYTES = 20 << 20
SMALL_FILES = 500
BRACKETS = 5_000
ENDING = "_20261031.csv"
ARCHIVE = "来件登记_20261031.zip"
NO_EXPORT = "F_TYPE F_TYPE_MISMATCH F_ENCODING F_HEADER"
STAMPED_1970, STAMPED_2096 = 0, 3_976_214_400
CORRECTED = {"人次": "7", "更新时间": "2023-06-01"}
MARK = "a-pickle-was-run"
# What an accepted name may do: break out of SQL, a shell, a page, a pattern, a format.
NAMES = (
    ("'; drop table cases; --", "SQL in the name"),
    ("$(touch x)`id`; rm -rf x && ", "a shell's words in the name"),
    ("<img src=x onerror=alert(1)>", "HTML in the name"),
)
MORE_NAMES = (
    ("-rf --help", "a name that looks like an option"),
    ("*[a-z]?**", "a name that is a pattern"),
    ("%2e%2e%2fetc", "a name with encoded dots"),
    ("长" * 75 + "ab", "a name of 240 bytes"),
)


def _good(number: int) -> bytes:
    """Three sound records, in a file like no other."""
    return csv(marked(3, f"J{number:02}"))


def _case(
    number: int, title: str, expected: Expected, name: str, content: Content | None = None
) -> Case:
    return Case(f"J{number:02}", title, expected, ((name, content or _good(number)),))


def _placed(
    number: int, title: str, expected: Expected, place: Callable[[Path], None], *names: str
) -> Case:
    files = tuple((name, _good(number)) for name in names)
    return Case(f"J{number:02}", title, expected, files, place=place)


def _litter(number: int, name: str) -> Case:
    return _case(number, f"{name} of another program", Expected(Decision.IGNORE), name)


def _zip(*members: tuple[str, bytes], mode: int = 0) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            archive.writestr(member, data)
    return target.getvalue()


def _link_in_zip() -> bytes:
    return _zip((FILE, b"/etc/passwd"), mode=stat.S_IFLNK | 0o777)


def _nameless() -> bytes:
    return _zip(("", _good(46)))


def _spoilt(method: int) -> Callable[[], bytes]:
    """An archive whose list is sound and whose packed bytes are not, from a hundred bytes on."""

    def pack() -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", method) as archive:
            archive.writestr(FILE, _good(method))
        packed = target.getvalue()
        begin, end = 100, packed.index(b"PK\x01\x02")
        return packed[:begin] + bytes(b ^ 0xFF for b in packed[begin:end]) + packed[end:]

    return pack


def _bomb() -> bytes:
    return gzip.compress(b"0" * BOMB_BYTES, mtime=0)


def _huge_line() -> bytes:
    return _good(31) + b"9" * LINE_BYTES


class _Runs:
    """Leaves a mark in the working folder when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, str]]:
        return open, (MARK, "w")


def _linked(folder: Path) -> None:
    (folder / FILE).symlink_to("/etc/passwd")


def _looped(folder: Path) -> None:
    (folder / "来件登记").symlink_to(folder, target_is_directory=True)


def _pipe(folder: Path) -> None:
    os.mkfifo(folder / FILE)


def _folder(folder: Path) -> None:
    (folder / FILE).mkdir()


def _stamped(seconds: int) -> Callable[[Path], None]:
    return lambda folder: os.utime(folder / FILE, (seconds, seconds))


def _named_in_gbk(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + "/来件登记_20261031.csv".encode("gbk"))).write_bytes(
        _good(28)
    )


@contextmanager
def _growing(folder: Path) -> Generator[None]:
    """Another program has the file open and is not done."""
    with (folder / FILE).open("ab"):
        yield


@contextmanager
def _vanishing(folder: Path) -> Generator[None]:
    """The file is there at the first look and gone when it is to be copied."""

    def look_and_lose(*arguments: object) -> set[str]:
        held = growing(*arguments)
        (folder / FILE).unlink(missing_ok=True)
        return held

    with mock.patch.object(vault, "growing", look_and_lose):
        yield


def _beside(number: int, text: str) -> tuple[tuple[str, Content], ...]:
    return (FILE, _good(number)), (f"{FILE}.meta.yml", text.encode())


def _small_files() -> tuple[tuple[str, Content], ...]:
    return tuple(
        (f"来件{number:03}{ENDING}", csv([record(number, 人次="1")]))
        for number in range(1, SMALL_FILES + 1)
    )


CASES = (
    _case(
        1, "packed by gzip", accepted(3, choice="one member"), f"{FILE}.gz", gzip.compress(_good(1))
    ),
    _case(
        2,
        "packed and cut off",
        rejected("F_CORRUPT F_TRUNCATED"),
        f"{FILE}.gz",
        gzip.compress(_good(2))[:-20],
    ),
    _case(3, "a bomb", rejected("F_ZIP_BOMB"), f"{FILE}.gz", _bomb),
    _case(
        4,
        "an archive that writes elsewhere",
        rejected("F_PATH"),
        "来件登记_20261031.zip",
        _zip((f"../../../{FILE}", _good(4))),
    ),
    _case(
        5, "an archive with a link", rejected("F_SYMLINK"), "来件登记_20261031.zip", _link_in_zip
    ),
    _placed(6, "a link", rejected("F_SYMLINK"), _linked),
    _placed(7, "a loop", rejected("F_SYMLINK"), _looped),
    _placed(8, "a pipe", rejected("F_SPECIAL"), _pipe),
    _placed(9, "a folder called .csv", Expected(Decision.IGNORE), _folder),
    _litter(10, f"~${FILE}"),
    _litter(11, f"{FILE}.part"),
    _litter(12, f".{FILE}.swp"),
    _litter(13, ".DS_Store"),
    _litter(14, "Thumbs.db"),
    Case("J15", "still growing", Expected(Decision.HOLD), ((FILE, _good(15)),), around=_growing),
    Case(
        "J16",
        "another checksum than the sidecar says",
        rejected("F_CHECKSUM", choice="a sidecar may state `sha256`"),
        _beside(16, f"sha256: {'0' * 64}\n"),
    ),
    Case(
        "J17",
        "another number of records than the sidecar says",
        rejected("F_CONTROL_TOTAL", choice="a sidecar may state `records`"),
        _beside(17, "records: 4\n"),
    ),
    *(_case(n, title, accepted(3), name + ENDING) for n, (name, title) in enumerate(NAMES, 18)),
    _case(21, "a line end in the name", rejected("F_NAME"), f"来件\n登记{ENDING}"),
    *(
        _case(n, title, accepted(3), name + ENDING)
        for n, (name, title) in enumerate(MORE_NAMES, 22)
    ),
    _case(26, "a name that turns round", rejected("F_NAME"), f"来件\u202e登记{ENDING}"),
    _case(27, "braces in the name", accepted(3), f"{{0}}{{settings}}%s{ENDING}"),
    _placed(28, "a name in GBK", rejected("F_NAME"), _named_in_gbk),
    _case(29, "an ending in capitals", accepted(3), FILE.upper()),
    _case(
        30, "in a folder of a folder", accepted(3, choice="folders are looked into"), f"三月/{FILE}"
    ),
    _case(31, "one endless line", rejected("F_TOO_LARGE"), FILE, _huge_line),
    _case(32, "a program", rejected(NO_EXPORT), FILE, b"\x7fELF\2\1\1" + bytes(range(256)) * 8),
    _case(33, "a PDF", rejected(NO_EXPORT), FILE, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\n"),
    _case(34, "a pickle", rejected(NO_EXPORT), FILE, pickle.dumps(_Runs())),
    _case(35, "a database", rejected(NO_EXPORT), FILE, bytes(8) + b"DUCK" + bytes(4084)),
    _case(
        36,
        "a shortcut",
        rejected(NO_EXPORT),
        "来件登记_20261031.url",
        b"[InternetShortcut]\r\nURL=http://x.invalid\r\n",
    ),
    Case("J37", "500 small files", accepted(SMALL_FILES), _small_files()),
    _placed(38, "last changed in 1970", accepted(3), _stamped(STAMPED_1970), FILE),
    _placed(39, "last changed in 2096", accepted(3), _stamped(STAMPED_2096), FILE),
    Case(
        "J40",
        "replaced by another under its name",
        Expected(
            Decision.ACCEPT,
            records=6,
            current=3,
            superseded=3,
            values={2: {"persons": "7"}},
        ),
        ((FILE, _good(40)),),
        later=((REGISTER, FILE, csv([row | CORRECTED for row in marked(3, "J40")])),),
    ),
    Case(
        "J41",
        "gone while it is read",
        Expected(Decision.HOLD),
        ((FILE, _good(41)),),
        around=_vanishing,
    ),
    Case(
        "J42",
        "a sidecar whose period ends with the calendar",
        rejected("F_NAME"),
        _beside(42, "end: 9999-12-31\n"),
    ),
    Case(
        "J43",
        "a sidecar whose moment is before the calendar begins",
        rejected("F_NAME"),
        _beside(43, "as_of: 0001-01-01T00:00:00+14:00\n"),
    ),
    Case("J44", "a sidecar of brackets", rejected("F_NAME"), _beside(44, "[" * BRACKETS)),
    _case(
        45, "an archive with an entry called ./", rejected("F_EMPTY"), ARCHIVE, _zip(("./", b""))
    ),
    _case(46, "an archive with a nameless entry", rejected("F_CORRUPT"), ARCHIVE, _nameless),
    _case(
        47, "a damaged archive by LZMA", rejected("F_CORRUPT"), ARCHIVE, _spoilt(zipfile.ZIP_LZMA)
    ),
    _case(
        48, "a damaged archive by bzip2", rejected("F_CORRUPT"), ARCHIVE, _spoilt(zipfile.ZIP_BZIP2)
    ),
)
