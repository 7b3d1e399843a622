"""The gate: nothing reaches `public` but through here.

The sequence, for each indicator: read the cells (`cells`), write down the sums that a reader knows
(`relations`), decide the totals, then each breakdown with the totals as given; for each of them
hide what must be hidden, hide what would give it away (`complement`), prove the result (`audit`),
and hide more where the proof is not found. What cannot be proven even so is not published at all:
first the calendar year of the breakdown, then the breakdown, then the indicator.

Tables of different indicators are not judged together here.
"""
