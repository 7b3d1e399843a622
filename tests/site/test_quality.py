"""The quality page: it shows what a release records and says what it does not."""

from dataclasses import replace

import duckdb
import pytest

from pipelines.publish.calibration import read_calibration, told
from pipelines.publish.site.dictionary import Dictionary
from pipelines.publish.site.quality import QualityFacts, QualityWriter, quality_facts
from pipelines.publish.site.wording import Speaker
from pipelines.words import Lang

ZH = Speaker(Lang.ZH)
GOOD = QualityFacts(
    blocking=2,
    passed=2,
    rules=3,
    breached=1,
    records=1000,
    quarantined=20,
    arrived=11,
    expected=11,
    shown=90,
    hidden=10,
)
SECTIONS = (
    *("receipts", "arrivals", "checks", "suppression", "printed", "vintages", "triangle"),
    *("calibration", "breaks", "definitions"),
)  # fmt: skip


def writer(con: duckdb.DuckDBPyConnection) -> QualityWriter:
    return QualityWriter(con, Dictionary(con), ZH, "电话 0571", "示例局")


@pytest.mark.parametrize(
    ("facts", "badge", "headline"),
    [
        (GOOD, "GOOD", "2项阻断性校验全部通过，11个报送机构的导出均已收到"),
        (
            replace(GOOD, arrived=9),
            "USABLE",
            "2项阻断性校验全部通过，尚有2个报送机构未到报",
        ),
        (
            replace(GOOD, passed=1),
            "NOT_COMPARABLE",
            "2项阻断性校验中1项未通过，11个报送机构的导出均已收到",
        ),
        (
            replace(GOOD, passed=0, arrived=10),
            "NOT_COMPARABLE",
            "2项阻断性校验中2项未通过，尚有1个报送机构未到报",
        ),
        (replace(GOOD, blocking=0, passed=0), "NOT_COMPARABLE", "尚无校验记录"),
    ],
)
def test_badge_and_headline_follow_from_what_was_measured(
    facts: QualityFacts, badge: str, headline: str
) -> None:
    assert facts.badge == badge
    assert ZH.tell(facts.headline) == headline


def test_records_are_only_totalled_where_each_part_may_be_shown(
    con: duckdb.DuckDBPyConnection,
) -> None:
    facts = quality_facts(con, ("F01", "F02", "F03", "F04"))
    assert facts.records == 1_003_412 + 5_210_044 + 24_010
    assert facts.quarantined is None
    assert (facts.arrived, facts.expected) == (3, 4)
    assert [sentence.key for sentence in facts.points] == ["site.POINT_RULES", "site.POINT_HIDDEN"]


def test_every_check_is_listed_with_its_verdict(con: duckdb.DuckDBPyConnection) -> None:
    grid = writer(con).panel("checks").grid
    assert grid is not None
    verdicts = {(row[0], row[4], row[5]) for row in grid.rows}
    assert ("V02", "查出问题", "412") in verdicts
    assert ("V10", "查出问题", "[c]") in verdicts
    assert [row[0] for row in grid.rows[:2]] == ["V02", "V10"]


def test_rules_without_a_breach_are_one_row_for_each_table(con: duckdb.DuckDBPyConnection) -> None:
    grid = writer(con).panel("checks").grid
    assert grid is not None
    [rest] = [row for row in grid.rows if row[0] == "其余"]
    assert rest[1] == "信访件"
    assert "3条规则" in rest[2]
    assert rest[3:] == ("阻断发布", "通过", "0")


def test_the_second_reading_is_one_row_for_each_table(con: duckdb.DuckDBPyConnection) -> None:
    grid = writer(con).panel("checks").grid
    assert grid is not None
    [reading] = [row for row in grid.rows if row[0] == "GX"]
    assert reading[1] == "信访件"
    assert "2条规则" in reading[2]
    assert reading[4:] == ("通过", "0")


def test_the_arrival_matrix_has_an_office_in_each_row(con: duckdb.DuckDBPyConnection) -> None:
    grid = writer(con).panel("arrivals").grid
    assert grid is not None
    assert [row[0] for row in grid.rows] == ["F01", "F02", "F03"]
    assert "–" in grid.rows[2]
    assert "–" not in grid.rows[0]


def test_hidden_cells_are_counted_by_indicator_and_level(con: duckdb.DuckDBPyConnection) -> None:
    grid = writer(con).panel("suppression").grid
    assert grid is not None
    assert ("按期办结率", "391", "23", "251", "2", "0", "0", "0", "0") in grid.rows
    assert [head.label for head in grid.heads][3:5] == ["市：公布", "市：隐去"]


def test_a_release_that_records_nothing_says_so() -> None:
    with duckdb.connect() as empty:
        for name in SECTIONS:
            panel = writer(empty).panel(name)
            assert panel.message == "本次发布没有这项记录。"
            assert panel.grid is None
        assert quality_facts(empty, ()).badge == "NOT_COMPARABLE"


def test_every_shorthand_letter_is_explained(con: duckdb.DuckDBPyConnection) -> None:
    grid = writer(con).panel("symbols").grid
    assert grid is not None
    assert [row[0] for row in grid.rows] == [f"[{letter}]" for letter in "cxzprbeu"]


def test_contact_says_how_to_set_it_where_it_is_not_set(con: duckdb.DuckDBPyConnection) -> None:
    assert writer(con).panel("contact").message == "示例局，电话 0571"
    assert "petitions.toml" in replace(writer(con), contact="").panel("contact").message


def test_printed_figures_that_disagree_come_first(con: duckdb.DuckDBPyConnection) -> None:
    panel = writer(con).panel("printed")
    assert panel.grid is not None
    assert [(row[0], row[2], row[3]) for row in panel.grid.rows] == [
        ("DISAGREES", "190,000", "不符"),
        ("AGREES", "250,000", "相符"),
        ("HIDDEN", "–", "不可比：为保护个人未公布[c]"),
    ]
    assert "相符1个，不符1个，不可比1个" in panel.message


def test_revised_figures_are_listed_with_their_size(con: duckdb.DuckDBPyConnection) -> None:
    panel = writer(con).panel("vintages")
    assert panel.grid is not None
    assert [row[1:] for row in panel.grid.rows] == [
        ("2026年6月", "1,200", "1,188", "-1.0%", "0 / 3"),
        ("2026年2月", "[c]", "2,000", "[c]", "1 / 5"),
        ("2025年6月", "1,000", "1,060", "+6.0%", "0 / 14"),
        ("2025年", "[c]", "2,000", "[c]", "1 / 9"),
        ("2024年", "1,000", "1,100", "+10.0%", "1 / 13"),
    ]
    assert "7个" in panel.message
    assert "5个公布后有修订" in panel.message


def test_the_calibration_of_the_methods_is_that_of_the_measured_table(
    con: duckdb.DuckDBPyConnection,
) -> None:
    measured = read_calibration()
    panel = writer(con).panel("calibration")
    assert panel.grid is not None
    assert len(panel.grid.rows) == len(measured)
    wanted = {
        (
            *(row.words(part)[Lang.ZH] for part in ("method", "setting", "what")),
            f"{told(row.actual, row.what)}\u00a0±{told(row.error, row.what)}",
        )
        for row in measured
    }
    assert {(*row[:3], row[4]) for row in panel.grid.rows} == wanted
    promises = [row for row in measured if row.nominal is not None]
    kept = sum(bool(row.is_kept) for row in promises)
    assert f"{len(promises)}项" in panel.message
    assert f"{kept}项" in panel.message


def test_a_promise_that_is_not_kept_is_told_so() -> None:
    with duckdb.connect() as con:
        con.execute(
            "create schema dictionary; create table dictionary.calibration as select "
            "'趋势' as method_zh, 'Trend' as method_en, '少' as setting_zh, 'Few' as setting_en, "
            "'区间' as what_zh, 'Interval' as what_en, '' as setting, 'coverage' as what, "
            "0.95 as nominal, 0.8 as actual, 0.01 as error, false as is_kept, 1500 as runs"
        )
        panel = writer(con).panel("calibration")
    assert panel.grid is not None
    assert panel.grid.rows == (
        ("趋势", "少", "区间", "95.0%", "80.0%\u00a0±1.00%", "1,500", "未做到"),
    )
    assert "1项有明确承诺的指标中，0项" in panel.message
