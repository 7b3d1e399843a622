"""Planted faults: as many in the files as the manifest says, and no others."""

import pytest

from pipelines.methods.process import EventLog, Precedence, precedence


@pytest.fixture
def faults(demo):
    return demo.truth["planted_faults"]


def test_every_kind_of_fault_is_planted(faults):
    assert all(count > 0 for count in faults.values())


def test_copies(demo, faults):
    for table, fault in (
        ("case_register", "duplicate_case_rows"),
        ("step_log", "duplicate_step_rows"),
    ):
        distinct = demo.value(f"select count(*) from (select distinct * from {table})")
        assert demo.count(table) - distinct == faults[fault]


def test_the_keys_of_what_is_not_a_copy_are_unique(demo):
    for table, key in (("case_register", "信访编号"), ("steps", "信访编号, 步骤序号")):
        keys = demo.value(f"select count(*) from (select distinct {key} from {table})")
        assert keys == demo.value(f"select count(*) from (select distinct * from {table})")


def test_closings_before_the_registration(demo, faults):
    early = demo.value(
        "select count(*) from (select distinct * from step_log) as s "
        "join (select distinct * from case_register) as c using (信访编号) "
        "where s.时间 < c.登记时间"
    )
    assert early == faults["closed_before_registered_steps"]


def test_unknown_regions_and_zero_persons(demo, faults):
    assert demo.count("case_register", "问题属地 = '999999'") == faults["unknown_region_cases"]
    assert demo.count("case_register", "人次 = '0'") == faults["zero_persons_cases"]
    assert demo.count("case_register", "人次::integer < 0") == 0


def test_steps_without_a_case(demo, faults):
    orphans = demo.count("step_log", "信访编号 not in (select 信访编号 from case_register)")
    assert orphans == faults["unknown_case_steps"]
    refused = (
        "信访编号 in (select 信访编号 from case_register where 问题属地 = '999999' or 人次 = '0')"
    )
    assert demo.count("step_log", refused) == faults["steps_of_refused_cases"]


def test_nothing_but_steps_hangs_on_a_faulty_case(demo):
    faulty = (
        "信访编号 in (select 信访编号 from case_register where 问题属地 = '999999' or 人次 = '0') "
        "or 信访编号 in (select s.信访编号 from step_log as s join case_register as c "
        "using (信访编号) where s.时间 < c.登记时间)"
    )
    assert demo.count("evaluations", faulty) == 0
    assert demo.count("receptions", faulty) == 0


def test_each_fault_has_a_reason_under_which_it_should_be_found(demo, faults):
    expected = demo.truth["expected_fates"]
    assert expected["case_events"]["E_ORPHAN"] == (
        faults["unknown_case_steps"] + faults["steps_of_refused_cases"]
    )
    found = sum(count for reasons in expected.values() for count in reasons.values())
    kept = faults["handled_before_accepted_cases"]  # breaks a rule; its records are sound
    assert found == sum(faults.values()) - kept


def test_the_map_of_steps_finds_the_cases_handled_before_they_are_accepted(demo, faults):
    log = EventLog("moved", "信访编号", "步骤", "moment", "place", "sender")
    demo.con.execute(
        "create or replace temp table moved as select distinct 信访编号, 步骤, sender, "
        "时间::timestamp as moment, 步骤序号::integer as place from steps"
    )
    rule = Precedence("handle_after_acceptance", "受理", "办理")
    [(_, handled, kept, broken, _)] = demo.rows(precedence(log, rule))
    assert broken == faults["handled_before_accepted_cases"]
    assert kept == handled - broken
    # Three in a hundred, less those whose slot before the acceptance is taken.
    assert 0.015 < broken / handled < 0.035
