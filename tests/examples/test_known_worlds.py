"""The shipped indicators on worlds whose truth is known by construction."""

from datetime import date, datetime, timedelta

import pytest

from pipelines.engine.compute import compute_indicators
from pipelines.engine.frame import Frame
from tests.properties.indicators.handling_world import INDICATORS, Staging, World

FIRST, AS_OF = date(2024, 1, 1), date(2024, 4, 29)
# Of every twenty disputes that a village takes in on a day: how many, after how many days, what.
FATES = (
    (3, 5, "agreed"),
    (2, 20, "agreed"),
    (2, 45, "agreed"),
    (1, 80, "agreed"),
    (2, 10, "escalated"),
    (3, 30, "escalated"),
    (3, 60, "escalated"),
    (1, 15, "withdrawn"),
    (3, None, None),
)
OF_EACH_DAY = 20
TRUTH = (3 + 2 + 2 + 1) / OF_EACH_DAY


def village_world() -> World:
    """What the village has recorded by AS_OF; what it passed upward is a case of the county's."""
    mediations, cases = [], []
    for start in (FIRST + timedelta(n) for n in range((AS_OF - FIRST).days + 1)):
        for days, result in [(days, result) for times, days, result in FATES for _ in range(times)]:
            end = start + timedelta(days) if days else None
            is_seen = end is not None and end <= AS_OF
            key = f"d{len(mediations)}"
            is_case = is_seen and result == "escalated"
            mediations.append(
                {
                    "mediation_id": key,
                    "case_id": key if is_case else None,
                    "sender_id": "C02",
                    "region_code": "990102",
                    "tier": "village",
                    "applied_on": start,
                    "concluded_on": end if is_seen else None,
                    "result": result if is_seen else None,
                }
            )
            if is_case:
                cases.append(
                    {
                        "case_id": key,
                        "sender_id": "C02",
                        "office_id": "C02",
                        "region_code": "990102",
                        "tier_received": "county",
                        "registered_at": datetime.combine(end, datetime.min.time()),
                    }
                )
    return {"mediation_cases": mediations, "cases": cases}


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    staging = Staging.open(tmp_path_factory.mktemp("home"), ["tier_share_village_town"])
    staging.fill(village_world())
    staging.con.execute(
        "insert into model.periods (period_kind, period_start, period_end, is_closed) values "
        "('month', '2024-01-01', '2024-02-01', true), ('month', '2024-02-01', '2024-03-01', true), "
        "('month', '2024-03-01', '2024-04-01', true), ('month', '2024-04-01', '2024-05-01', true), "
        "('year', '2024-01-01', '2025-01-01', true)"
    )
    yield staging
    staging.con.close()


def test_c3_the_share_of_what_is_closed_is_biased_and_the_cumulative_incidence_is_the_truth(
    village,
):
    """C3 of the article: small matters stay in the village. Those of late are watched for less."""
    [row] = village.rows(
        "select count(*) filter (where result = 'agreed') as stayed, count(result) as ended, "
        "count(*) as begun from model.mediation_cases"
    )
    naive = row["stayed"] / row["ended"]
    assert abs(naive - TRUTH) > 0.05
    assert abs(row["stayed"] / row["begun"] - TRUTH) > 0.05

    compute_indicators(
        village.con,
        {"tier_share_village_town": INDICATORS["tier_share_village_town"]},
        Frame(AS_OF),
    )
    [found] = village.rows(
        "select value, low, high, n from indicators.indicator_values "
        "where measure = 'within_90' and level = 'county' and region_code = '990102' "
        "and period_kind = 'year' and by_name = ''"
    )
    assert found["n"] == row["begun"]
    assert found["value"] == pytest.approx(TRUTH, abs=1e-9)
    assert found["low"] < TRUTH < found["high"]
    assert not found["low"] < naive < found["high"]
