"""What follows the closing of a case: verification, redoing, review and recheck.

Some closings are verified, and what was found otherwise than reported is often sent back to be
redone. Of the others some are taken to review and, of those decided, some to recheck. Every request
comes inside the 30 days that the province's rules give, and every decision inside the next 30.
"""

import numpy as np

from pipelines.simulate import labels, mixes
from pipelines.simulate.scenario import Flags, Ints

SLOTS = 6
VERIFIED, REDONE, REVIEW_ASKED, REVIEW_DECIDED, RECHECK_ASKED, RECHECK_DECIDED = range(SLOTS)
STEPS = (
    labels.VERIFY,
    labels.REDO,
    labels.REVIEW_ASKED,
    labels.REVIEW_DECIDED,
    labels.RECHECK_ASKED,
    labels.RECHECK_DECIDED,
)

VERIFIED_SHARE, CONSISTENT_SHARE, REDONE_SHARE = 0.12, 0.85, 0.60
REVIEWED_SHARE, RECHECKED_SHARE = 0.05, 0.30
# In the order of labels.CONCLUSIONS: upheld, changed, revoked.
DECISION_MIX = (0.78, 0.16, 0.06)
VERIFIED_AFTER, REDONE_AFTER = (1, 6), (0, 3)
# A verification comes at most 9 days after the reply, so the request for review follows it.
REVIEW_ASKED_AFTER, RECHECK_ASKED_AFTER, DECIDED_AFTER = (9, 30), (1, 30), (5, 30)
NO_CONCLUSION = -1


def draw_aftermath(
    replied: Ints, closed: Ints, is_resolved: Flags, rng: np.random.Generator
) -> tuple[Ints, Flags, Ints]:
    """Draw what follows the closings of some cases.

    Args:
        replied: day of the reply of each case.
        closed: day of its closing.
        is_resolved: whether it was closed with a reply; nothing follows the others.
        rng: source of randomness.

    Returns:
        Day of each slot, whether its step takes place, and its conclusion (an index into
        labels.CONCLUSIONS, or NO_CONCLUSION), each [case, slot]; the days of a case never run
        backwards.
    """
    n = len(replied)
    day = np.empty((n, SLOTS), dtype=np.int64)
    takes_place = np.zeros((n, SLOTS), dtype=np.bool_)
    conclusion = np.full((n, SLOTS), NO_CONCLUSION, dtype=np.int64)

    verified = is_resolved & (rng.random(n) < VERIFIED_SHARE)
    consistent = rng.random(n) < CONSISTENT_SHARE
    redone = verified & ~consistent & (rng.random(n) < REDONE_SHARE)
    reviewed = is_resolved & ~redone & (rng.random(n) < REVIEWED_SHARE)
    rechecked = reviewed & (rng.random(n) < RECHECKED_SHARE)
    for slot, happens in (
        (VERIFIED, verified),
        (REDONE, redone),
        (REVIEW_ASKED, reviewed),
        (REVIEW_DECIDED, reviewed),
        (RECHECK_ASKED, rechecked),
        (RECHECK_DECIDED, rechecked),
    ):
        takes_place[:, slot] = happens

    day[:, VERIFIED] = closed + rng.integers(*VERIFIED_AFTER, n)
    day[:, REDONE] = day[:, VERIFIED] + rng.integers(*REDONE_AFTER, n)
    day[:, REVIEW_ASKED] = replied + rng.integers(*REVIEW_ASKED_AFTER, n)
    day[:, REVIEW_DECIDED] = day[:, REVIEW_ASKED] + rng.integers(*DECIDED_AFTER, n)
    day[:, RECHECK_ASKED] = day[:, REVIEW_DECIDED] + rng.integers(*RECHECK_ASKED_AFTER, n)
    day[:, RECHECK_DECIDED] = day[:, RECHECK_ASKED] + rng.integers(*DECIDED_AFTER, n)

    found = np.where(consistent, labels.CONSISTENT, labels.INCONSISTENT)
    conclusion[verified, VERIFIED] = found[verified]
    for slot, happens in ((REVIEW_DECIDED, reviewed), (RECHECK_DECIDED, rechecked)):
        conclusion[happens, slot] = mixes.pick(DECISION_MIX, rng.random(n))[happens]
    return day, takes_place, conclusion
