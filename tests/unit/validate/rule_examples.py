"""Examples of rules that need other rows beside them, which `add_company` lets land.

See `test_rules.py`. Submission `c1` was replied to on 10 January 2024; visit `v1` was held on 1
March.
"""

from tests.unit.validate.example import Example
from tests.unit.validate.world import World

OFFICES = """
    F01 | 0001-01-01 | 9999-12-31 | 0001-01-01
    F02 | 0001-01-01 | 2024-01-01 | 0001-01-01
    F03 | 0001-01-01 | 9999-12-31 | 2024-01-01
"""

COMPANY_EXAMPLES = [
    Example("cases", "V32", "E_ORPHAN error", "office_id=F77", "office_id=F01"),
    Example(
        "cases",
        "V32",
        "E_ORPHAN error",
        "office_id=F02, registered_at=2024-01-01 00:00:00",
        "office_id=F02, registered_at=2023-12-31 23:59:59",
    ),
    Example(
        "cases",
        "V32F",
        "E_DATE_RANGE error",
        "office_id=F03, registered_at=2023-12-31 23:59:59",
        "office_id=F03, registered_at=2024-01-01 00:00:00",
    ),
    Example(
        "cases",
        "V35",
        "W_ORDER warning",
        "matter_key=k1, is_first=true, registered_at=2024-01-01 08:59:59",
        "matter_key=k2, is_first=true, registered_at=2024-01-01 09:00:00",
    ),
    Example("cases", "V35", "W_ORDER warning", "matter_key=k3, is_first=true", "matter_key=k4"),
    Example(
        "cases",
        "V34",
        "E_ORDER error",
        "prior_case_id=p1, registered_at=2023-12-31 08:59:59",
        "prior_case_id=p1, registered_at=2023-12-31 09:00:00",
    ),
    Example(
        "cases",
        "V34",
        "E_ORDER error",
        "prior_case_id=p1, registered_at=2023-12-30 00:00:00, registered_precision=day",
        "prior_case_id=p1, registered_at=2023-12-31 00:00:00, registered_precision=day",
    ),
    Example(
        "cases",
        "V34M",
        "E_CONSISTENCY error",
        "prior_case_id=p1, matter_key=k7",
        "prior_case_id=p1, matter_key=k6",
    ),
    Example("cases", "V34P", "W_ORPHAN warning", "prior_case_id=nowhere", "prior_case_id=p1"),
    Example(
        "cases", "V36", "W_ORPHAN warning", "merged_into_case_id=gone", "merged_into_case_id=p1"
    ),
    Example("cases", "V36", "W_ORPHAN warning", "merged_into_case_id=p2", "merged_into_case_id=p1"),
    Example(
        "cases",
        "V36O",
        "W_ORDER warning",
        "merged_into_case_id=p1, registered_at=2023-12-30 09:00:00",
        "merged_into_case_id=p1",
    ),
    Example(
        "cases",
        "V59",
        "W_VOLUME warning",
        "matter_key=k5, registered_at=2024-01-01 23:59:59",
        "matter_key=k5, registered_at=2024-01-02 00:00:00",
    ),
    Example(
        "case_events",
        "V12L",
        "E_NUM_RANGE error",
        "event_type=extend, extension_days=31",
        "event_type=extend, extension_days=30",
    ),
    Example(
        "case_events",
        "V12L",
        "E_NUM_RANGE error",
        "event_type=extend, extension_days=31, event_at=2024-01-03 09:00:00",
        "event_type=handle, extension_days=31",
    ),
    Example(
        "case_events",
        "V22",
        "W_ORDER warning",
        "entered_at=2024-01-05 09:00:02",
        "entered_at=2024-01-05 09:00:01",
    ),
    Example(
        "case_events",
        "V22",
        "W_ORDER warning",
        "entered_at=2024-01-07 00:00:00",
        "entered_at=2024-01-06 00:00:00, event_at=2024-01-02 00:00:00, at_precision=day",
    ),
    Example("receptions", "V25", "W_VOLUME warning", "persons=6, reps=6", "persons=6, reps=5"),
    Example("receptions", "V37C", "E_CONSISTENCY error", "visit_id=off", "visit_id=v1"),
    Example(
        "visit_announcements",
        "V38E",
        "W_ORDER warning",
        "announced_on=2023-12-31",
        "announced_on=2024-01-01",
    ),
    Example("visit_leaders", "V39", "W_ORPHAN warning", "leader_post_id=p2", "leader_post_id=p3"),
    Example("visit_leaders", "V39H", "W_ORPHAN warning", "tier=township", "tier=city"),
    Example(
        "visit_leaders",
        "V40",
        "E_CONSISTENCY error",
        "leader_post_id=p4, visit_id=elsewhere",
        "leader_post_id=p5, visit_id=elsewhere",
    ),
    Example(
        "visit_leaders",
        "V40W",
        "W_ORDER warning",
        "leader_post_id=p6, visit_id=nearby",
        "leader_post_id=p7, visit_id=nearby",
    ),
    Example(
        "visit_totals",
        "V41",
        "W_VOLUME warning",
        "visit_id=full, batches=2, persons=2",
        "visit_id=other, batches=1, persons=1",
    ),
    Example("evaluations", "V45", "E_CONSISTENCY error", "case_id=silent", "case_id=c1"),
    Example(
        "evaluations",
        "V45D",
        "E_CONSISTENCY error",
        "target=handling_unit, asked_at=2024-02-03 09:00:00",
        "target=handling_unit, asked_at=2024-02-03 09:00:01",
    ),
    Example(
        "evaluations",
        "V11R",
        "E_ORDER error",
        "asked_at=2024-01-09 09:00:00, answered_at=2024-01-09 23:00:00",
        "asked_at=2024-01-09 09:00:00, answered_at=2024-01-10 01:00:00",
    ),
]


def add_company(world: World) -> None:
    """Let the rows land that the examples above are judged beside, each in a file of its own."""
    for line in OFFICES.strip().splitlines():
        world.con.execute(
            "insert into model.offices (office_id, valid_from, valid_to, reports_from) "
            "values (?, ?, ?, ?)",
            [cell.strip() for cell in line.split("|")],
        )
    world.rule("extension_limit", 30, "accept")
    world.rule("repeat_lookback", 365, "register")
    for table, header, *lines in (
        ("cases", "case_id", "silent"),
        (
            "cases",
            "case_id | matter_key | registered_at",
            "m1 | k1 | 2023-01-01 09:00:00",
            "m2 | k2 | 2023-01-01 09:00:00",
            "m3 | k3 | 2023-12-31 09:00:00",
            "m4 | k4 | 2023-12-31 09:00:00",
            "m5 | k5 | 2024-01-01 00:00:00",
            "p1 | k6 | 2023-12-31 09:00:00",
        ),
        ("cases", "case_id | merged_into_case_id", "p2 | p1"),
        ("case_events", "event_id | event_type | event_at", "r1 | reply | 2024-01-10 09:00:00"),
        (
            "leader_visits",
            "visit_id | status | region_code | visit_on",
            "off | cancelled | 990102 | 2024-03-01",
            "elsewhere | held | 990104 | 2024-03-01",
            "nearby | held | 990102 | 2024-03-01",
            "full | held | 990102 | 2024-03-02",
            "other | held | 990102 | 2024-03-02",
        ),
        (
            "receptions",
            "batch_id | visit_id | received_at",
            "x1 | full | 2024-03-02 09:00:00",
            "x2 | other | 2024-03-02 09:00:00",
        ),
        ("office_terms", "leader_post_id | from_on", "p2 | 2024-03-02", "p3 | 2024-03-01"),
        ("visit_leaders", "leader_post_id | visit_id", "p4 | v1", "p6 | v1"),
        (
            "evaluations",
            "evaluation_id | target | asked_at",
            "first | handling_unit | 2024-02-03 09:00:00",
        ),
    ):
        own_files = (f"company-{line.split()[0]} | {line}" for line in lines)
        world.land(table, f"file_id | {header}", *own_files)
