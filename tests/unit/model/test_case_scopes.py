"""What is in scope, what is left out, and where nobody can say."""


def test_what_bears_no_mark_is_in_scope_only_where_the_sender_marks(world):
    world.fill(
        "cases",
        "case_id | sender_id | scope_flag",
        "bare | F01 | ",
        "test | F01 | test",
        "twice | F01 | duplicate",
        "moved | F01 | redirected_judicial",
        "odd | F01 | unknown",
        "other | F02 | ",
    )
    world.build()
    assert world.show("case_scopes", "case_id scope_flag region_row") == [
        "bare | in_scope | 990102@0001-01-01",
        "moved | redirected_judicial | 990102@0001-01-01",
        "odd | unknown | 990102@0001-01-01",
        "other | unknown | 990102@0001-01-01",
        "test | test | 990102@0001-01-01",
        "twice | duplicate | 990102@0001-01-01",
    ]
