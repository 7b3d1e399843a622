"""The help of every verb can be shown in both languages: its words hold nothing that is markup."""

import pytest
from typer.testing import CliRunner

from pipelines.cli import GROUPS, VERBS, build_app
from pipelines.words import Lang

NAMES = [
    *([verb.__name__.replace("_", "-")] for verb in VERBS),
    *([group] for group in GROUPS),
    *(
        [group, v.__name__.removeprefix(f"{group}_")]
        for group, verbs in GROUPS.items()
        for v in verbs
    ),
]


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("name", NAMES, ids=" ".join)
def test_help_is_shown(lang, name):
    shown = CliRunner().invoke(build_app(lang), [*name, "--help"])
    assert shown.exception is None
    assert shown.exit_code == 0
