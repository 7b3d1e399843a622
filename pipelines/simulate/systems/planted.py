"""The sizes that the smaller systems are drawn with: what an estimate should find again."""

from typing import Any

from pipelines.simulate import labels, receptions, steps
from pipelines.simulate.systems import agenda, courts, halls, mediation, sentinels, visit_days


def planted_facts() -> dict[str, Any]:
    """By system, the planted medians, shares and changes; shares are fractions of 1."""
    footfall, items = (after / before for before, after in (halls.FOOTFALL, halls.ITEMS))
    return {
        "cases": {"routed_share_across_counties": steps.CROSSING_SHARE},
        "receptions": {"free_batches_again": receptions.AGAIN_SHARE},
        "agenda": {"candidates": agenda.CANDIDATES, "taken": agenda.TAKEN},
        "registrations": {"share_of_batches_registered": visit_days.REGISTERED_SHARE},
        "sentinels": {"dispatch_median_minutes": sentinels.DISPATCH_MEDIAN},
        "mediation": {
            "centre_agreed_share": mediation.CENTRE_RESULTS[0],
            "village_escalated_share": mediation.VILLAGE_ESCALATED,
        },
        "courts": {"unscanned_share": courts.UNSCANNED_SHARE},
        "halls": {
            "change": [day.isoformat() for day in halls.CHANGE],
            "footfall_ratio": round(footfall, 6),
            "items_ratio": round(items, 6),
            "items_per_visit_ratio": round(items / footfall, 6),
            "sectors": len(labels.SECTORS),
            "sector_online_share": halls.SECTOR_ONLINE[1],
        },
    }
