"""Of which indicators the trace from figure to record ends at the files, and why no others do."""

from datetime import date

from pipelines.contract import load_tables
from pipelines.engine.frame import Frame
from pipelines.engine.indicator import load_indicators
from pipelines.explain.records import Definitions, ends_at_files
from pipelines.model.build import source_tables
from pipelines.settings import PACKAGE

# What they count is no record but something made of many: a matter, a duty of an office or post.
ENDS_AT_FILES = {
    "escalation_rate": {"cases", "case_events"},
    "loop_closure_rate": {"cases", "case_events"},
    "post_duty_compliance": {"leader_visits", "office_terms", "visit_leaders"},
    "receptions_per_resolved": {"cases", "case_events", "mediation_cases", "receptions"},
    "responsibility_coverage": {"responsibility_letters"},
    "tier_flow": {"cases", "case_events", "mediation_cases"},
    "tier_share_village_town": {"cases", "case_events", "mediation_cases"},
    "visit_continuity": {"leader_visits", "office_terms", "visit_leaders"},
    "visit_duty_compliance": {"leader_visits"},
    "visit_gap_max": {"leader_visits", "office_terms", "visit_leaders"},
    # the visit's submissions are known, their steps are not
    "zero_outcome_visit_share": {"case_events"},
}


def test_every_other_indicator_is_traced_to_its_records():
    tables = load_tables(PACKAGE / "model")
    frame = Frame(date.max, table_sources=source_tables(tables))
    indicators = load_indicators(PACKAGE / "indicators").values()
    found = {
        indicator.id: tables_at_files
        for indicator in indicators
        if indicator.query
        and (tables_at_files := set(ends_at_files(Definitions(tables, indicator, frame))))
    }
    assert found == ENDS_AT_FILES
