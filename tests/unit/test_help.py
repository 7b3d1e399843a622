"""The help of every verb can be shown in both languages, and says of each option what it does."""

import pytest
import typer
from click.testing import CliRunner

from pipelines.cli import build_app
from pipelines.help import Misuse, show_misuse, verbs
from pipelines.screen import EXIT_USAGE
from pipelines.words import Lang, load_words

NAMES = [path for path, _ in verbs(build_app(Lang.EN))]


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize("name", [*NAMES, ("source",), ("quarantine",)], ids=" ".join)
def test_help_is_shown(lang: Lang, name: tuple[str, ...]):
    shown = CliRunner().invoke(build_app(lang), [*name, "--help"])
    assert shown.exception is None
    assert shown.exit_code == 0


@pytest.mark.parametrize("lang", list(Lang))
def test_every_option_and_argument_says_what_it_does_in_the_reader_s_language(lang: Lang):
    for name, verb in verbs(build_app(lang)):
        for parameter in verb.params:
            is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in parameter.help)
            assert is_chinese == (lang is Lang.ZH), (name, parameter.name)


def test_no_help_is_of_an_option_that_there_is_not():
    used = {
        key
        for path, verb in verbs(build_app(Lang.EN))
        for parameter in verb.params
        for key in (f"{'_'.join(path)}_{parameter.name}", parameter.name)
    }
    wanted = {f"cli.OPT_{key.replace('-', '_').upper()}" for key in used}
    assert {key for key in load_words() if key.startswith("cli.OPT_")} <= wanted


@pytest.mark.parametrize("lang", list(Lang))
@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("run --nope", "--nope"),
        ("rum", "run"),
        ("source nothing", "nothing"),
        ("run more", "more"),
        ("run --home", "--home"),
        ("run --dry-run=3", "--dry-run"),
        ("show", "indicator"),
        ("serve --port 99999", "1–65535"),
        ("simulate --until yesterday", "%Y-%m-%d"),
    ],
)
def test_a_wrong_use_is_named_in_the_reader_s_language(lang: Lang, wrong: str, named: str):
    with pytest.raises(typer.TyperException) as error:
        build_app(lang).main(wrong.split(), "petitions", standalone_mode=False)
    said = Misuse(error.value, lang).message
    assert named in said
    assert any("\u4e00" <= letter <= "\u9fff" for letter in said) == (lang is Lang.ZH)


def test_a_group_alone_shows_its_help_and_names_no_fault(
    capsys: pytest.CaptureFixture[str],
):
    with pytest.raises(typer.TyperException) as error:
        build_app(Lang.EN).main(["source"], "petitions", standalone_mode=False)
    assert show_misuse(error.value, Lang.EN) == EXIT_USAGE
    assert not capsys.readouterr().err
