"""What of a workbook is not read, or read from several sheets: nothing is lost without a word."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook import Workbook

from pipelines.ingest.cage import Cage
from pipelines.ingest.format import Format
from pipelines.ingest.reasons import Remark
from tests.unit.ingest.test_sheets import book, opened, plain


@pytest.fixture(scope="module")
def reader() -> Iterator[Cage]:
    with Cage() as made:
        yield made


def test_the_value_of_merged_cells_is_the_first_ones_and_the_others_are_counted(
    reader: Cage, tmp_path: Path
):
    def merge(made: Workbook) -> None:
        for area in ("B2:B4", "B6:C7", "A8:B8", "E2:E5"):
            made.active.merge_cells(area)

    head, rows = ["a", "b", "c", "", "note"], [[n, n, n, "", n] for n in range(7)]
    found = opened(reader, book(tmp_path / "x.xlsx", head, *rows, do=merge))
    assert plain(found.path).splitlines()[:3] == ["1,0,0,0,,0", "2,1,,1,,", "3,2,,2,,"]
    # Rows 3, 4 and 7; one merged sideways is a matter of its row, the note is nobody's column.
    assert found.remarks == ((Remark.MERGED, 3),)


def test_a_header_may_be_merged_downwards(reader: Cage, tmp_path: Path):
    def merge(made: Workbook) -> None:
        made.active.merge_cells("A1:A2")

    path = book(tmp_path / "x.xlsx", ["a", "b"], [None, None], [1, 2], do=merge)
    assert opened(reader, path, Format(header_rows=2)).remarks == ()


def months(*sheets: list[list[Any]]) -> Callable[[Workbook], None]:
    def add(made: Workbook) -> None:
        for number, rows in enumerate(sheets, 2):
            sheet = made.create_sheet(f"{number}月")
            for row in rows:
                sheet.append(row)

    return add


def test_other_sheets_with_data_are_counted(reader: Cage, tmp_path: Path):
    def add(made: Workbook) -> None:
        months([["a", "b"], [2, 2]], [["x"]], [], [["a"]])(made)
        made["5月"].sheet_state = "hidden"

    path = book(tmp_path / "x.xlsx", ["a", "b"], [1, 1], do=add)
    found = opened(reader, path, Format(sheet="2月"))
    assert plain(found.path) == "1,2,2\n"
    assert found.remarks == ((Remark.HIDDEN, 1), (Remark.SHEETS_UNREAD, 2))


def test_a_sheet_that_nobody_asked_for_does_no_harm(reader: Cage, tmp_path: Path):
    def add(made: Workbook) -> None:
        sheet = made.create_sheet("旧")
        sheet["A1"], sheet["XFD1048576"] = "a", "far"  # more cells than there is memory for
        made.create_sheet("公式")["A1"] = "=1+1"  # without a result

    path = book(tmp_path / "x.xlsx", ["a", "b"], [1, 1], do=add)
    found = opened(reader, path, Format(sheet="1"))
    assert plain(found.path) == "1,1,1\n"
    assert found.remarks == ((Remark.SHEETS_UNREAD, 1),)


def test_sheets_with_one_header_are_read_as_one(reader: Cage, tmp_path: Path):
    def add(made: Workbook) -> None:
        title = ["二月份"]
        made.active.title = "1月"
        months(
            [title, ["a", "b"], ["", ""], [2, "#N/A"], [3, 3]],
            [["a", "b"], [4, 4]],  # without the title: the header stands elsewhere
            [title, ["b", "a"], [5, 5]],
            [],
            [title, ["a", "b", "c"], [6, 6, 6]],
            [title, ["a", "b"], [7, 7]],
        )(made)

    path = book(tmp_path / "x.xlsx", ["一月份"], ["a", "b"], [1, 1], do=add)
    found = opened(reader, path, Format(sheet="all", header_row=2))
    assert plain(found.path) == "1,1,1\n3,3,3\n4,7,7\n"
    assert found.refused is not None
    assert plain(found.refused).startswith("2,E_FORMULA")
    assert found.sheets == ((1, "1月"), (2, "2月"), (4, "7月"))
    assert found.gaps == ((1, 2), (4, -1))  # record 2 is in row 4, record 4 in row 3
    assert found.remarks == ((Remark.SHEETS_UNREAD, 3),)
