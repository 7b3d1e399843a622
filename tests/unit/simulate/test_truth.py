"""The truth beside the exports, against what the exports themselves show."""

from datetime import date, timedelta
from itertools import groupby

import pytest

from tests.unit.simulate.conftest import CASES, Demo

UNTIL = "date '2026-10-31'"
FOLLOWED = {"2005H1", "2010H2"}  # so old that almost nothing of them is open


def cohort_of(column):
    return f"year({column}) || 'H' || (case when month({column}) > 6 then 2 else 1 end)"


def durations(demo, cohort):
    """Days to the ending or to the extract, and whether it ended, of one cohort's cases."""
    return demo.rows(
        f"select coalesce(ended::date, {UNTIL}) - registered::date, ended is not null "
        f"from timeline where {cohort_of('registered')} = '{cohort}' order by 1"
    )


def kaplan_meier_median(times):
    """Kaplan-Meier by hand: the first day on which the product falls to one half."""
    surviving, at_risk = 1.0, len(times)
    for day, group in groupby(sorted(times), key=lambda pair: pair[0]):
        ended = [has_ended for _, has_ended in group]
        surviving *= 1 - sum(ended) / at_risk
        at_risk -= len(ended)
        if surviving <= 0.5:
            return day
    return None


def median(days):
    """The first day by which at least half have ended."""
    return sorted(days)[(len(days) - 1) // 2]


@pytest.fixture(scope="module")
def stirred(tmp_path_factory):
    """A world in which the emerging issues are strong enough to be measured in few cases."""
    return Demo.of(tmp_path_factory, issue_times=40.0)


@pytest.fixture(scope="module")
def cohorts(demo):
    return {row["cohort"]: row for row in demo.truth["cohorts"]}


def test_kaplan_meier_by_hand_on_a_known_example():
    # 6-MP remission times (Freireich et al. 1963): median 23 weeks
    weeks = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    times = [(week, True) for week in weeks] + [(week, False) for week in censored]
    assert kaplan_meier_median(times) == 23


def test_cohorts_cover_every_case_from_2003_on(demo, cohorts):
    assert list(cohorts) == sorted(cohorts)
    assert min(cohorts) == "2003H1"
    assert max(cohorts) == "2026H2"
    assert sum(row["cases"] for row in cohorts.values()) == CASES
    assert demo.truth["overall"]["cases"] == CASES


def test_the_true_median_is_what_kaplan_meier_finds(demo):
    everything = demo.rows(
        f"select coalesce(ended::date, {UNTIL}) - registered::date, ended is not null from timeline"
    )
    assert abs(kaplan_meier_median(everything) - demo.truth["overall"]["true_median_days"]) <= 1


def test_closed_only_figures_are_what_a_naive_reader_finds(demo, cohorts):
    for cohort in ("2010H2", "2024H2", "2026H1", "2026H2"):
        closed = [day for day, has_ended in durations(demo, cohort) if has_ended]
        assert abs(median(closed) - cohorts[cohort]["closed_only_median_days"]) <= 1
        share = sum(day <= 60 for day in closed) / len(closed)
        assert cohorts[cohort]["closed_only_share_60_days"] == pytest.approx(share, abs=0.005)


def test_in_the_newest_cohort_the_closed_only_median_is_far_too_low(demo, cohorts):
    newest = cohorts["2026H2"]
    estimate = kaplan_meier_median(durations(demo, "2026H2"))
    assert newest["closed_only_median_days"] <= newest["true_median_days"] - 8
    assert abs(estimate - newest["true_median_days"]) <= 5  # some 430 cases


@pytest.mark.parametrize("cohort", sorted(FOLLOWED))
def test_old_cohorts_show_the_truth_in_the_exports(demo, cohorts, cohort):
    times = durations(demo, cohort)
    share = sum(has_ended and day <= 60 for day, has_ended in times) / len(times)
    assert cohorts[cohort]["true_share_60_days"] == pytest.approx(share, abs=0.005)
    assert cohorts[cohort]["open_at_extract"] <= 0.02 * len(times)


def test_files_and_rows_are_listed(demo):
    files = demo.truth["files"]
    paths = sorted(
        path.relative_to(demo.home.inbox).as_posix()
        for path in demo.home.inbox.rglob("*")
        if path.is_file()
    )
    assert [file["path"] for file in files] == paths
    for table, rows in demo.truth["rows"].items():
        assert rows == demo.count(table)
        assert rows == sum(file["rows"] for file in files if file["path"].startswith(f"{table}/"))


def test_the_gaming_office_closes_at_day_59_and_registers_the_next_day(demo):
    code = demo.truth["outliers"]["closes_at_day_59"]
    gaming = f"registered >= '2021-01-01' and 问题属地 = '{code}'"
    cases = "timeline join (select distinct 信访编号 as id, 问题属地 from case_register) using (id)"
    assert demo.count(cases, f"{gaming} and ended::date - registered::date > 59") == 0
    assert demo.count(cases, f"{gaming} and ended::date - registered::date = 59") > 0


@pytest.mark.parametrize(("planted", "usual"), [(0, 0.03), (1, 0.24)])
def test_a_planted_issue_is_as_many_times_as_frequent_in_its_places_and_weeks(
    stirred, planted, usual
):
    issue = stirred.truth["emerging_issues"][planted]
    there, elsewhere = _shares(stirred, issue)
    times = issue["times"]
    expected = times * usual / (1 + (times - 1) * usual)
    # five standard deviations of so many draws
    for (share, cases), true in ((there, expected), (elsewhere, usual)):
        assert cases > 30
        assert abs(share - true) < 5 * (true * (1 - true) / cases) ** 0.5


def _shares(demo, issue):
    """Share of the class, and of how many cases: in the issue's places and weeks, and elsewhere."""
    codes = ", ".join(f"'{code}'" for code in issue["region_codes"])
    until = date.fromisoformat(issue["start_on"]) + timedelta(weeks=issue["weeks"])
    weeks = f"登记时间 >= '{issue['start_on']}' and 登记时间 < '{until}'"
    for where in ("in", "not in"):
        here = f"问题属地 {where} ({codes}) and {weeks}"
        share = demo.share("case_register", f"内容分类 = '{issue['content']}'", here)
        yield share, demo.count("case_register", here)


def test_the_recent_issue_is_in_a_whole_city(demo):
    codes = demo.truth["emerging_issues"][1]["region_codes"]
    [city] = {code[:4] for code in codes}
    registered = demo.rows(
        "select distinct 问题属地 from case_register "
        f"where 登记时间 >= '2026-09-14' and 问题属地 like '{city}%'"
    )
    assert {code for (code,) in registered} <= set(codes)


def test_resolved_and_otherwise_ended_are_told_apart(demo, cohorts):
    for cohort in sorted(FOLLOWED):
        [(resolved, ended, cases)] = demo.rows(
            "select count(*) filter (where replied is not null and passed_on is null "
            "and ended::date - registered::date <= 60 and closed = ended), "
            "count(*) filter (where ended::date - registered::date <= 60), count(*) "
            f"from timeline where {cohort_of('registered')} = '{cohort}'"
        )
        row = cohorts[cohort]
        assert resolved / cases == pytest.approx(row["true_resolved_60_days"], abs=0.01)
        assert ended / cases == pytest.approx(row["true_share_60_days"], abs=0.01)
