"""The text of single records of a regular file is found by counting, wherever the file is cut."""

from pathlib import Path

import pytest

from pipelines.ingest import excerpts
from pipelines.ingest.decoded import Decoded, Reader
from pipelines.ingest.header import Header

RECORDS = ("编号,说明", "1,甲", '2,"乙\n\n丙, ""丁"""', "3,", "4,戊")


def decoded(path: Path) -> Decoded:
    names = ("编号", "说明")
    return Decoded(
        path=path,
        delimiter=",",
        heading=Header(names, (names,), 1),
        skipped_lines=1,
        is_numbered=False,
        is_tidy=True,
        record_count=4,
        reader=Reader.FAST,
    )


@pytest.mark.parametrize("chunk", [1, 2, 7, 1 << 20])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_records_are_found_by_their_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int, mark: str, end: str
) -> None:
    monkeypatch.setattr(excerpts, "CHUNK", chunk)
    text = mark + f"{end}{end}".join(RECORDS)
    path = tmp_path / "x.csv"
    file = decoded(path)
    for last in ("", end):
        path.write_bytes((text + last).encode())
        assert list(excerpts.record_texts(file, [1, 2, 4])) == [(n, RECORDS[n]) for n in (1, 2, 4)]
        assert list(excerpts.record_texts(file, [])) == []
        assert list(excerpts.record_texts(file, [9])) == []
