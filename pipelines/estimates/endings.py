"""What all estimates of how cases end share: the figure that they are of, and what an end is."""

RESOLVED, WITHIN, HORIZON = "prob_resolved_60d", "within_60", 60
# As the curves of the indicators have it: an outcome within what the exports of a case could show.
IS_ENDED = "coalesce(closed_on <= seen_until_on, false) and outcome is not null"
