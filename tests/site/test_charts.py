"""Charts: which rows they hold, in which order, and that every way out shows exactly those."""

import csv
import json
import re
import shutil
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import plotly.graph_objects as go
import polars as pl
import pytest

from pipelines.publish.site.build import write_site
from pipelines.publish.site.card import TIMED, CardWriter, IncompleteCardError
from pipelines.publish.site.chart import Chart, Missing, Resolver
from pipelines.publish.site.dictionary import Break, Dictionary
from pipelines.publish.site.downloads import FIELDS
from pipelines.publish.site.forms import PLOTTED
from pipelines.publish.site.forms.tiles import draw_tiles, grid_positions
from pipelines.publish.site.pages import ChartSpec, PageError, SeriesName, load_pages
from pipelines.publish.site.style import break_at, scale_for, spread, stretch, when
from pipelines.publish.site.values import NUMBERS, Figures
from pipelines.publish.site.wording import Names, Sentence, Speaker
from pipelines.settings import PROJECT
from pipelines.words import Lang
from tests.site.conftest import Site
from tests.site.world import CITIES, FACTS, HIDDEN_CHANNEL, HIDDEN_CITY, LATE_CITY, SETTINGS

ZH = Speaker(Lang.ZH)
WORDS = {".html", ".js", ".csv", ".json"}


class Rows(HTMLParser):
    """Cells of the table below each chart of a page, by chart id."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._chart, self._is_data, self._in_body, self._in_cell = "", False, False, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self._chart, self._is_data = given.get("id") or "", False
        elif tag == "details":
            self._is_data = given.get("class") == "tbl"
        elif tag == "tbody":
            self._in_body = self._is_data
        elif tag == "tr" and self._in_body:
            self.tables.setdefault(self._chart, []).append([])
        elif tag in {"td", "th"} and self._in_body:
            self.tables[self._chart][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_body = self._in_body and tag != "tbody"
        self._in_cell = self._in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.tables[self._chart][-1][-1] += data


def tables(site: Site, page: str) -> dict[str, list[list[str]]]:
    rows = Rows()
    rows.feed((site.folder / page).read_text(encoding="utf-8"))
    return rows.tables


def csv_rows(site: Site, chart_id: str) -> list[dict[str, str]]:
    text = (site.folder / "data" / f"{chart_id}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def figures(site: Site, page: str) -> dict[str, dict]:
    text = (site.folder / page).read_text(encoding="utf-8")
    return json.loads(text.removeprefix("window.REPORT_FIGURES=").rstrip(";\n"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_table_csv_parquet_and_figure_hold_the_same_rows(
    site: Site, charts: dict[str, Chart], lang: str
) -> None:
    drawn: dict[str, dict] = {}
    printed: dict[str, list[list[str]]] = {}
    for path in sorted((site.folder / lang).glob("*.html")):
        printed |= tables(site, f"{lang}/{path.name}")
    for path in sorted((site.folder / lang / "fig").glob("*.js")):
        drawn |= figures(site, f"{lang}/fig/{path.name}")
    assert len(charts) > 10
    for chart_id, chart in charts.items():
        count = len(chart.rows)
        assert len(printed[chart_id]) == count
        assert len(csv_rows(site, chart_id)) == count
        assert pl.read_parquet(site.folder / "data" / f"{chart_id}.parquet").height == count
        if chart.spec.form not in {"tiles", "flow"}:
            figure = drawn[chart_id]
            points = [
                (at, point)
                for at, trace in enumerate(figure["data"])
                if trace.get("hoverinfo") != "skip"  # limits and trends are columns, not rows
                for point in range(len(trace["x"]))
            ]
            assert sorted(map(tuple, figure["steps"])) == points
            assert len(points) == count


def test_csv_and_parquet_agree_and_keep_the_published_columns(site: Site) -> None:
    frame = pl.read_parquet(site.folder / "data" / "on-spot.parquet")
    assert tuple(frame.columns) == FIELDS
    first = csv_rows(site, "on-spot")[0]
    assert [first["value"], first["n"]] == [str(frame["value"][0]), str(frame["n"][0])]
    assert frame.schema["period_start"] == pl.Date


def test_the_drawn_heights_are_the_published_figures(site: Site, charts: dict[str, Chart]) -> None:
    figure = figures(site, "zh/fig/visits.js")["on-spot"]
    heights = [height for trace in figure["data"] for height in trace["y"]]
    assert heights == [row.value for row in charts["on-spot"].rows]


def test_a_row_without_a_figure_is_empty_in_every_way_out(site: Site) -> None:
    by_city = {row["region_code"]: row for row in csv_rows(site, "ontime-cities")}
    assert (by_city[HIDDEN_CITY]["flag"], by_city[LATE_CITY]["flag"]) == ("c", "x")
    for code in (HIDDEN_CITY, LATE_CITY):
        assert {by_city[code][name] for name in NUMBERS} == {""}
    channels = {row["by_value"]: row for row in csv_rows(site, "ontime-channels")}
    assert {channels[HIDDEN_CHANNEL][name] for name in NUMBERS} == {""}
    figure = figures(site, "zh/fig/timeliness.js")["ontime-channels"]
    empty = [trace for trace in figure["data"] if trace["x"] == [None]]
    assert [trace["text"][0].split()[-1] for trace in empty] == ["[c]"]
    for cells in tables(site, "zh/index.html")["ontime-cities"]:
        if cells[0] in {"栖原市", "雁渡市"}:
            assert set(cells[1:]) <= {"[c]", "[x]", ""}


def test_a_number_that_slipped_past_the_gate_is_not_even_read(
    release: Path, tmp_path: Path
) -> None:
    leaky = tmp_path / "leaky.duckdb"
    shutil.copy(release, leaky)
    with duckdb.connect(leaky) as con:
        con.execute(
            "update public.indicator_values set value = 0.918273, n = 918273, numerator = 918273,"
            " denominator = 918273, low = 0.918273, high = 0.918273, conf_level = 0.918273"
            " where state <> 'ok'"
        )
        write_site(con, tmp_path / "site", SETTINGS, FACTS, draw_static=False)
    written = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    texts = {path: path.read_text(encoding="utf-8") for path in written if path.suffix in WORDS}
    leaks = [path.name for path, text in texts.items() if re.search("918,?273|91[.]8%", text)]
    assert len(texts) > 30
    assert leaks == []
    frame = pl.read_parquet(tmp_path / "site" / "data" / "ontime-cities.parquet")
    assert frame.filter(pl.col("state") != "ok").select(NUMBERS).null_count().row(0) == (2,) * 7


def test_a_home_of_several_provinces_has_no_whole(release: Path, tmp_path: Path) -> None:
    shutil.copy(release, tmp_path / "two.duckdb")
    with duckdb.connect(tmp_path / "two.duckdb") as con:
        con.execute(
            "insert into public.indicator_values by name select * replace ('880000' as region_code)"
            " from public.indicator_values where level = 'province' and period_kind = 'year'"
        )
        figures = Figures(con)
        assert figures.whole_area() == ("", "", "")
        resolver = Resolver(figures, Dictionary(con), FACTS.as_of.date())
        assert resolver.chart(replace_spec("on_spot_resolution_rate")) is Missing.NOTHING


@pytest.mark.parametrize(("since", "cohorts"), [("2025-01-01", 1), ("1900-01-01", 0)])
def test_a_cohort_of_too_few_for_a_curve_is_not_drawn(
    release: Path, tmp_path: Path, since: str, cohorts: int
) -> None:
    shutil.copy(release, tmp_path / "few.duckdb")
    [spec] = [
        spec
        for page in load_pages(PROJECT / "reports" / "pages")
        for spec in page.charts
        if spec.form == "curves"
    ]
    with duckdb.connect(tmp_path / "few.duckdb") as con:
        con.execute(
            "update public.estimates set state = 'too_few', by_value = '', value = null, "
            f"low = null, high = null where method = '{spec.method}' and period_start >= '{since}'"
        )
        chart = Resolver(Figures(con), Dictionary(con), FACTS.as_of.date()).chart(spec)
    drawn = chart.series if isinstance(chart, Chart) else ()
    assert len(drawn) == cohorts
    assert all(row.by_value for series in drawn for row in series.rows)


def test_every_figure_is_one_that_plotly_accepts(charts: dict[str, Chart]) -> None:
    for lang in Lang:
        for chart in charts.values():
            if chart.spec.form in PLOTTED:
                plot = PLOTTED[chart.spec.form](chart, Speaker(lang))
                for layout in (plot.wide, plot.narrow):
                    go.Figure(data=plot.data, layout=layout)
                    assert "customdata" not in repr(plot.data)


def test_places_stand_in_code_order_and_categories_in_list_order(charts: dict[str, Chart]) -> None:
    cities = [series.latest.region_code for series in charts["trend-cities"].series]
    assert cities == sorted(code for code, _, _ in CITIES)
    channels = [series.latest.by_value for series in charts["median-channels"].series]
    listed = ["letter", "visit", "phone", "online", "grid", "sentinel", "leader_visit", "court"]
    assert channels == listed


def test_years_before_a_series_begins_are_left_out(resolver: Resolver) -> None:
    spec = replace_spec("satisfaction_triple.rate")
    chart = resolver.chart(spec)
    assert isinstance(chart, Chart)
    assert chart.rows[0].period_start == date(2015, 1, 1)


def test_a_figure_that_needs_time_waits_for_it(resolver: Resolver) -> None:
    young = resolver.chart(replace(replace_spec("resolution_time_median.p50"), period="month"))
    old = resolver.chart(
        replace(replace_spec("resolution_time_median.p50"), period="month", mature_days=90)
    )
    assert isinstance(young, Chart)
    assert isinstance(old, Chart)
    assert young.rows[-1].period_end == date(2026, 10, 1)
    assert old.rows[-1].period_end == date(2026, 8, 1)


def test_an_unknown_indicator_is_refused_by_name(resolver: Resolver) -> None:
    with pytest.raises(PageError, match="`petition_score` is not an indicator"):
        resolver.chart(replace_spec("petition_score"))


def replace_spec(name: str) -> ChartSpec:
    question = Names("问", "What?")
    return ChartSpec(
        id="any",
        form="lines",
        series=(SeriesName.parse(name),),
        question=question,
        level="province",
        period="year",
        by="",
        title=None,
        last=0,
        mature_days=0,
        labels=(),
        units=(),
        how_to_read=None,
        caution=None,
    )


def test_a_change_of_definition_cuts_the_line_and_a_rule_does_not(charts: dict[str, Chart]) -> None:
    chart = charts["trend-province"]
    years = [row.period_start.year for row in chart.series[0].rows]
    cuts = [each for each in chart.breaks if each.cuts]
    assert [each.on.year for each in cuts] == [2014, 2022]
    assert len(chart.breaks) > len(cuts)
    runs = [stretch(row, cuts) for row in chart.series[0].rows]
    assert [years[runs.index(run)] for run in (0, 1, 2)] == [2003, 2014, 2022]
    plot = PLOTTED["panels"](chart, ZH)
    assert len(plot.data) == 2 * 3
    dashes = [shape["line"].get("dash") for shape in plot.wide["shapes"]]
    assert [dash is None for dash in dashes] == [each.cuts for each in chart.breaks]


def test_neither_the_months_nor_a_fitted_line_crosses_a_change_of_definition(
    charts: dict[str, Chart],
) -> None:
    chart = charts["trend-months"]
    runs = [stretch(row, chart.cuts) for row in chart.series[0].rows]
    assert set(runs) == {0, 1, 2}
    plot = PLOTTED["control"](chart, ZH)
    months, levels = plot.data[:3], plot.data[3:]
    for traces in (months, levels):
        assert [len(trace["x"]) for trace in traces] == [runs.count(run) for run in (0, 1, 2)]
    assert len({tuple(trace["line"].items()) for trace in levels}) == 1
    drawn = [months[trace]["x"][point] for trace, point in plot.steps]
    assert drawn == [when(row) for row in chart.series[0].rows]


def test_every_chart_over_time_marks_each_break_in_its_span_and_tells_it_in_words(
    site: Site, charts: dict[str, Chart], con: duckdb.DuckDBPyConnection
) -> None:
    """By what the dictionary of the release holds, read here once more."""
    held = con.execute(
        "select break_on, indicators, title_zh from dictionary.series_breaks order by all"
    ).fetchall()
    pages = "".join(
        page.read_text(encoding="utf-8") for page in (site.folder / "zh").glob("*.html")
    )
    told = 0
    for name, chart in charts.items():
        if chart.spec.form not in TIMED:
            continue
        begin = min(row.period_start for row in chart.rows)
        end = max(row.period_end for row in chart.rows)
        mine = {series.indicator for series in chart.spec.series}
        crossed = [
            title
            for on, named, title in held
            if begin < on < end and (named == "*" or mine & set(named.split()))
        ]
        section = pages.split(f'<section class="card" id="{name}"')[1].split("</section>")[0]
        listed = re.findall(r"<li>.*?</li>", section.partition('<ol class="breaks"')[2])
        assert [title in item for title, item in zip(crossed, listed, strict=True)] == [
            True for _ in crossed
        ], name
        shapes = PLOTTED[chart.spec.form](chart, ZH).wide["shapes"]
        lines = sum(shape["type"] == "line" and shape["x0"] == shape["x1"] for shape in shapes)
        lines += sum(shape.get("path", "").count("V") for shape in shapes)
        panels = len(chart.series) if chart.spec.form == "multiples" else 1
        assert lines >= panels * len(crossed), name
        told += len(crossed)
    assert told > 0


@pytest.mark.parametrize(
    ("on", "between"),
    [(date(2014, 1, 1), (2013.4, 2013.6)), (date(2022, 5, 1), (2021.7, 2021.9))],
)
def test_a_break_stands_left_of_the_first_year_of_the_new_definition(
    on: date, between: tuple[float, float]
) -> None:
    assert between[0] < float(break_at(on, "year")) < between[1]
    assert break_at(on, "month") == on.isoformat()


def test_a_break_concerns_its_indicators_or_all() -> None:
    named = Break(date(2014, 1, 1), "rule", Names("断", "b"), ("open_stock",))
    assert named.concerns("open_stock")
    assert not named.concerns("submission_count")
    assert replace(named, indicators=("*",)).concerns("submission_count")


@pytest.mark.parametrize(
    ("numbers", "unit", "low", "ticks"),
    [
        ([6, 25], "visit_event", 0.0, (0, 5, 10, 15, 20, 25)),
        ([41_000, 50_088], "submission", 0.0, (0, 20_000, 40_000)),
        ([0.81, 0.93], "share", 0.8, (0.8, 0.85, 0.9)),
        ([0.05, 0.21], "share", 0.0, (0, 0.05, 0.1, 0.15, 0.2)),
        ([0.95, 1.0], "share", 0.95, (0.95, 0.96, 0.97, 0.98, 0.99, 1.0)),
        ([0.0, 0.0], "submission", 0.0, (0.0,)),
    ],
)
def test_a_scale_starts_at_zero_but_for_high_shares(
    numbers: list[float], unit: str, low: float, ticks: tuple[float, ...]
) -> None:
    scale = scale_for(numbers, unit)
    assert (scale.low, scale.ticks) == (pytest.approx(low), pytest.approx(ticks))
    assert scale.high >= max(numbers)


def test_labels_are_spread_in_their_own_order() -> None:
    placed = spread([5.0, 5.1, 1.0], gap=1.0)
    assert placed[2] < placed[0] < placed[1]
    assert placed[1] - placed[0] >= 1.0
    assert spread([], gap=1.0) == []


def test_tiles_mark_what_is_missing_and_share_one_axis(charts: dict[str, Chart]) -> None:
    grid = draw_tiles(charts["ontime-cities"], ZH, "fictional")
    by_name = {tile.name: tile for tile in grid.tiles}
    assert (by_name["栖原市"].figure, by_name["雁渡市"].figure) == ("[c]", "[x]")
    assert by_name["栖原市"].bar is None
    assert by_name["雁渡市"].dot is None
    shown = [tile for tile in grid.tiles if tile.is_shown]
    assert all(tile.bar and tile.bar[0] <= (tile.dot or 0) for tile in shown)
    assert len({tile.total for tile in shown}) == 1


def test_a_region_set_without_a_grid_has_no_positions() -> None:
    assert grid_positions("single") == {}
    assert len(grid_positions("fictional")) == len(grid_positions("zj")) == len(CITIES)


def test_a_card_without_a_definition_stops_the_build(charts: dict[str, Chart]) -> None:
    chart = charts["on-spot"]
    series = chart.series[0]
    bare = replace(series, definition=replace(series.definition, parts=(), caveats=()))
    dictionary = object.__new__(Dictionary)
    dictionary.reasons = {}
    quality = Sentence("site.QUALITY_NONE")
    writer = CardWriter(ZH, dictionary, FACTS, Names("示例省", "Sample"), quality)
    with pytest.raises(IncompleteCardError, match="no definition"):
        writer.write(replace(chart, series=(bare,)), PLOTTED["lines"](chart, ZH))
