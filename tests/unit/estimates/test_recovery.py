"""What was planted stands beside what was found, in demos only."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipelines.estimates.recovery import TABLE, write_recovery
from pipelines.estimates.series import Maker, Period
from pipelines.estimates.table import Stratum, write_estimates
from pipelines.methods.estimates import Method
from tests.unit.estimates.world import AS_OF, staging

TRUTH = {
    "effects": {
        "trend": [{"yearly": 0.05, "until": "2010-01-01"}, {"yearly": -0.03, "until": None}],
        "breaks": {"2014-01-01": 0.2},
        "lunar_new_year": {"before": -0.25, "holiday": -1.2, "after": 0.25},
        "weekday": {"monday": 0.15, "weekend": -1.5},
        "visits": {"intake": {"notice": 0.4, "1..56": -0.08}, "resolution": {"notice": 0.4}},
    }
}
PLACE = Stratum("province", "990000", "云泽省", "Yunze")


def test_each_planted_effect_is_held_against_its_estimate(tmp_path: Path):
    con = staging()
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps(TRUTH), encoding="utf-8")
    pace = Maker("visit_effect", "pace", Method.VISIT_EFFECT, "share", AS_OF, PLACE)
    trend = Maker("submission_count", "annual_change", Method.TREND, "share", AS_OF, PLACE)
    late = Period("span", date(2011, 1, 1), date(2020, 1, 1))
    across = Period("span", date(2008, 1, 1), date(2012, 1, 1))
    rows = [
        pace.row(late, 0.45, n=40, low=0.4, high=0.6, contrast="announced"),
        pace.row(late, 0.0, n=40, low=-0.1, high=0.1, contrast="lead_7_1"),
        pace.row(late, -0.01, n=40, low=-0.02, high=-0.001, contrast="after_57_84"),
        trend.row(late, 0.01, n=40, low=0.0, high=0.02),
        trend.row(across, 0.01, n=40, low=0.0, high=0.02),
        *(
            replace(trend, measure="calendar_effect").row(
                late, -0.75, n=40, low=-0.80, high=-0.70, contrast=kind
            )
            for kind in ("new_year", "weekend", "weekday_off")
        ),
    ]
    write_estimates(con, rows)
    assert write_recovery(con, truth) == 5
    found = con.execute(f"select measure, planted, is_held from {TABLE} order by measure, contrast")
    slope, new_year, weekend, nothing, phase = found.fetchall()
    assert new_year == ("calendar_effect", pytest.approx(np.expm1(-1.2)), False)
    assert weekend == ("calendar_effect", pytest.approx(np.expm1(-1.53)), True)
    assert nothing == ("pace", 0.0, False)
    assert slope == ("annual_change", pytest.approx(np.expm1(-0.03)), False)
    assert phase == ("pace", pytest.approx(np.expm1(0.4)), True)


def test_a_home_without_a_truth_has_an_empty_table():
    con = staging()
    write_estimates(con, [])
    assert write_recovery(con, None) == 0
    assert con.execute(f"select count(*) from {TABLE}").fetchall() == [(0,)]
