"""Examples of the rules that the contracts of the smaller systems list; see `test_rules.py`."""

from pipelines.validate.rules import fed_tables
from tests.unit.validate.example import Example, implied_examples
from tests.unit.validate.world import TABLES

OLDER = {
    "cases",
    "case_events",
    "leader_visits",
    "visit_announcements",
    "receptions",
    "evaluations",
}
FUTURE, RANGE = "E_FUTURE error", "E_NUM_RANGE error"
ORDER, CONSISTENCY = "E_ORDER error", "E_CONSISTENCY error"
ORPHAN, LOOSE = "E_ORPHAN error", "W_ORPHAN warning"
LATE = "W_ORDER warning"


def days(table: str, rule: str, *columns: str) -> list[Example]:
    """No such day is later than that of the extract, 2024-12-31."""
    return [
        Example(table, rule, FUTURE, f"{name}=2025-01-01", f"{name}=2024-12-31") for name in columns
    ]


def moments(table: str, rule: str, *columns: str) -> list[Example]:
    """No such time is later than the extract, 2024-12-31 23:59:59."""
    return [
        Example(table, rule, FUTURE, f"{n}=2025-01-01 00:00:00", f"{n}=2024-12-31 23:59:59")
        for n in columns
    ]


def of_visit(table: str) -> Example:
    return Example(table, "V33", ORPHAN, "visit_id=nowhere", "visit_id=v1")


def visit(table: str) -> Example:
    return Example(table, "V33V", LOOSE, "visit_id=nowhere", "visit_id=v1")


def case(table: str) -> Example:
    return Example(table, "V33C", LOOSE, "case_id=nobody", "case_id=c1")


VISIT_DAYS = [
    of_visit("visit_leaders"),
    *moments("visit_registrations", "V04G", "registered_at"),
    Example("visit_registrations", "V23G", RANGE, "persons=0", "persons=1"),
    Example("visit_registrations", "V23G", RANGE, "persons=5001", "persons="),
    of_visit("visit_registrations"),
    case("visit_registrations"),
    Example("visit_registrations", "V33B", LOOSE, "batch_id=none", "batch_id="),
    Example("visit_totals", "V23T", RANGE, "rooms=-1", "rooms=0"),
    Example("visit_totals", "V23T", RANGE, "registrations=-1", "registrations=400, batches=436"),
    Example(
        "visit_totals",
        "V27T",
        CONSISTENCY,
        "batches=436, persons=435",
        "batches=436, persons=436",
    ),
    Example(
        "visit_totals",
        "V27T",
        CONSISTENCY,
        "problems=90, solved_on_spot=91",
        "problems=91, solved_on_spot=91, batches=40",
    ),
    Example(
        "visit_totals", "V27T", CONSISTENCY, "batches=9, solved_on_spot=10", "solved_on_spot=10"
    ),
    Example(
        "visit_totals",
        "V42",
        "W_VOLUME warning",
        "rooms=14, open_minutes=93, batches=436",
        "rooms=14, open_minutes=94, batches=436",
    ),
    of_visit("visit_totals"),
    *days("visit_agenda", "V04N", "listed_on"),
    Example("visit_agenda", "V39N", CONSISTENCY, "is_candidate=false, is_selected=true", ""),
    of_visit("visit_agenda"),
    case("visit_agenda"),
    *days("visit_screenings", "V04S", "screened_on", "cleared_on"),
    Example("visit_screenings", "V43S", ORDER, "cleared_on=2024-02-19", "cleared_on=2024-02-20"),
    of_visit("visit_screenings"),
    case("visit_screenings"),
    *days("reception_calendar", "V04K", "published_on"),
    Example("reception_calendar", "V51K", RANGE, "open_minutes=-1", "open_minutes=0"),
    Example("reception_calendar", "V51K", RANGE, "open_minutes=1441", "open_minutes=1440"),
    Example(
        "reception_calendar", "V38K", LATE, "published_on=2024-03-16", "published_on=2024-03-15"
    ),
    visit("reception_calendar"),
    *days("office_terms", "V04T", "from_on"),
    Example("office_terms", "V39T", ORDER, "to_on=2022-01-01", "to_on=2022-01-02"),
]
OUTCOMES = [
    *days("leader_charges", "V04C", "taken_on", "resolved_on"),
    Example("leader_charges", "V43", ORDER, "resolved_on=2024-02-29", "resolved_on=2024-03-01"),
    Example("leader_charges", "V43", ORDER, "due_on=2024-02-29", "due_on=2024-03-01"),
    Example(
        "leader_charges",
        "V43O",
        CONSISTENCY,
        "resolved_on=2024-04-01, outcome=ongoing",
        "resolved_on=2024-04-01, outcome=",
    ),
    case("leader_charges"),
    *days("commitments", "V04P", "made_on", "done_on", "verified_on"),
    Example("commitments", "V44", ORDER, "start_on=2024-02-29", "start_on=2024-03-01"),
    Example(
        "commitments",
        "V44",
        ORDER,
        "start_on=2024-02-01, start_precision=month",
        "start_on=2024-03-01, start_precision=month, made_on=2024-03-18",
    ),
    Example(
        "commitments",
        "V44",
        ORDER,
        "start_on=2024-05-10, done_on=2024-04-01, done_precision=month",
        "start_on=2024-05-10, done_on=2024-05-01, done_precision=month",
    ),
    Example(
        "commitments",
        "V44",
        ORDER,
        "done_on=2023-01-01, done_precision=year",
        "done_on=2024-01-01, done_precision=year",
    ),
    Example(
        "commitments",
        "V44",
        ORDER,
        "done_on=2024-05-02, verified_on=2024-05-01",
        "done_on=2024-05-01, verified_on=2024-05-01",
    ),
    Example("commitments", "V44D", ORDER, "due_on=2024-02-29", "due_on=2024-03-01"),
    visit("commitments"),
    case("commitments"),
    *days("mediation_cases", "V04M", "applied_on", "accepted_on", "concluded_on"),
    Example("mediation_cases", "V47", ORDER, "accepted_on=2024-02-29", "accepted_on=2024-03-01"),
    Example("mediation_cases", "V47", ORDER, "concluded_on=2024-02-29", "concluded_on=2024-03-01"),
    Example(
        "mediation_cases",
        "V47",
        ORDER,
        "accepted_on=2024-03-05, concluded_on=2024-03-04",
        "accepted_on=2024-03-05, concluded_on=2024-03-05",
    ),
    Example("mediation_cases", "V47N", RANGE, "parties=1", "parties=2"),
    Example(
        "mediation_cases",
        "V47P",
        CONSISTENCY,
        "performed_on=2024-05-01, result=failed",
        "performed_on=2024-05-01, result=agreed",
    ),
    Example("mediation_cases", "V47P", CONSISTENCY, "performed_on=2024-05-01", "result=failed"),
    case("mediation_cases"),
]
OTHER_SYSTEMS = [
    *days("court_petitions", "V04J", "received_on", "terminated_on"),
    *moments("court_petitions", "V04J", "scanned_at"),
    Example(
        "court_petitions",
        "V49",
        ORDER,
        "scanned_at=2024-02-29 23:59:59",
        "scanned_at=2024-03-01 00:00:00",
    ),
    Example(
        "court_petitions",
        "V49W",
        LATE,
        "scanned_at=2024-03-09 00:00:00",
        "scanned_at=2024-03-08 23:59:59",
    ),
    Example(
        "court_petitions", "V49T", ORDER, "terminated_on=2024-02-29", "terminated_on=2024-03-01"
    ),
    *moments("court_events", "V04", "event_at"),
    Example("court_events", "V33", ORPHAN, "court_petition_id=none", ""),
    *moments("sentinel_reports", "V04Q", "reported_at", "transferred_at", "closed_at"),
    Example(
        "sentinel_reports",
        "V50",
        ORDER,
        "transferred_at=2024-03-01 06:42:59",
        "transferred_at=2024-03-01 11:02:00",
    ),
    Example(
        "sentinel_reports",
        "V50",
        ORDER,
        "transferred_at=2024-02-29 00:00:00, transferred_precision=day",
        "transferred_at=2024-03-01 00:00:00, transferred_precision=day",
    ),
    Example(
        "sentinel_reports",
        "V50",
        ORDER,
        "transferred_at=2024-03-01 11:02:00, closed_at=2024-03-01 11:01:00",
        "transferred_at=2024-03-01 11:02:00, closed_at=2024-03-01 11:02:00",
    ),
    Example(
        "sentinel_reports",
        "V50",
        ORDER,
        "closed_at=2024-03-01 06:00:00",
        "closed_at=2024-03-01 07:00:00",
    ),
    case("sentinel_reports"),
    *days("hall_footfall", "V04H", "day"),
    Example("hall_footfall", "V51", RANGE, "footfall=-1", "footfall=0"),
    Example("hall_footfall", "V51", RANGE, "items_handled=-1", "items_handled=0"),
    Example(
        "hall_footfall",
        "V51O",
        CONSISTENCY,
        "items_handled=10, items_online=11",
        "items_handled=10, items_online=10",
    ),
    *days("hall_items", "V04I", "counted_on"),
    Example(
        "hall_items",
        "V51I",
        CONSISTENCY,
        "items_listed=10, items_online=11",
        "items_listed=10, items_online=7",
    ),
    Example("hall_items", "V51I", CONSISTENCY, "items_online=-1", "items_online=0"),
    *days("policy_suggestions", "V04Y", "made_on", "replied_on"),
    Example("policy_suggestions", "V43Y", ORDER, "replied_on=2024-02-29", "replied_on=2024-03-01"),
    Example(
        "policy_suggestions", "V43Y", ORDER, "reply_due_on=2024-02-29", "reply_due_on=2024-03-31"
    ),
    *days("responsibility_letters", "V04L", "signed_on"),
    Example(
        "responsibility_letters",
        "V39L",
        CONSISTENCY,
        "signer_tier=county, signee_tier=city",
        "signer_tier=city, signee_tier=county",
    ),
    Example(
        "responsibility_letters",
        "V39L",
        CONSISTENCY,
        "signer_tier=city, signee_tier=city",
        "signer_tier=unknown, signee_tier=city",
    ),
    Example("responsibility_letters", "V39Y", LATE, "letter_year=2022", "letter_year=2025"),
]
IMPLIED = [
    example
    for name, table in fed_tables(TABLES).items()
    if name not in OLDER
    for example in implied_examples(table)
]
SYSTEM_EXAMPLES = [*VISIT_DAYS, *OUTCOMES, *OTHER_SYSTEMS, *IMPLIED]
