"""Links from a submission to an earlier one: no circle, whatever the precision of its days."""

from tests.unit.validate.world import World

DAY = "2024-01-02 00:00:00 | day"
NAMES = "file_id | case_id | prior_case_id | registered_at | registered_precision"


def out(world: World) -> set[str]:
    world.accept()
    return {r.split()[0] for r in world.reasons("cases") if r.split()[2] == "V34"}


def test_a_chain_of_one_day_is_no_circle():
    world = World()
    world.land("cases", NAMES, f"a | a |  | {DAY}", f"b | b | a | {DAY}", f"c | c | b | {DAY}")
    assert out(world) == set()


def test_submissions_that_are_each_others_earlier_ones_are_out():
    world = World()
    circle = (f"{one} | {one} | {prior} | {DAY}" for one, prior in ("ac", "ba", "cb"))
    # It leads into the circle and is no part of it.
    world.land("cases", NAMES, *circle, f"d | d | a | {DAY}", f"e | e | e | {DAY}")
    assert out(world) == {"a", "b", "c", "e"}


def test_a_circle_may_hold_a_link_that_surely_goes_back():
    world = World()
    world.land(
        "cases",
        NAMES,
        "a | a | b | 2024-01-20 00:00:00 | day",
        "b | b | c | 2024-01-05 00:00:00 | day",
        "c | c | a | 2024-01-01 00:00:00 | month",
    )
    assert "c" in out(world)
