"""`petitions.toml`: every key has its type, and what is wrong is said in both languages."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.contract import Length
from pipelines.doctor import examine
from pipelines.screen import Screen
from pipelines.settings import Home, Settings
from pipelines.words import Lang, UserError


def load(home: Path, content: str | bytes) -> Settings:
    text = content if isinstance(content, bytes) else content.encode()
    (home / "petitions.toml").write_bytes(text)
    return Settings.load(Home(home))


def test_without_a_file_everything_has_its_default(tmp_path: Path):
    assert Settings.load(Home(tmp_path)) == Settings()


def test_every_kind_of_value_is_read(tmp_path: Path):
    found = load(
        tmp_path,
        """
        publisher = "市信访局"
        is_demo = true
        threads = 3
        memory_limit = "1.5 GiB"
        expected_offices = ["330100", "330200"]
        next_releases = [2026-11-20, 2026-12-20]
        [disclosure]
        k = 12
        [finest]
        county = "quarter"
        """,
    )
    assert found == Settings(
        publisher="市信访局",
        is_demo=True,
        threads=3,
        memory_limit="1.5 GiB",
        expected_offices=("330100", "330200"),
        next_releases=(date(2026, 11, 20), date(2026, 12, 20)),
        disclosure={"k": 12},
        finest={"county": Length.QUARTER},
    )


def test_a_byte_order_mark_is_no_statement(tmp_path: Path):
    assert load(tmp_path, '\ufeffpublisher = "x"').publisher == "x"


@pytest.mark.parametrize(
    ("content", "key", "words"),
    [
        ('publisher = "信访"'.encode("gbk"), "ENCODING", "UTF-8"),
        ("publisher =", "NOT_TOML", "TOML"),
        ("publishr = 'x'", "UNKNOWN", "publisher"),
        ("title_zh = 5", "TEXT", "title_zh"),
        ('is_demo = "no"', "BOOLEAN", "is_demo"),
        ('threads = "four"', "WHOLE_NUMBER", "threads"),
        ("threads = true", "WHOLE_NUMBER", "threads"),
        ("threads = 0", "LEAST", "threads"),
        ("closed_after_days = -1", "LEAST", "closed_after_days"),
        ('memory_limit = "much"', "MEMORY", "2GB"),
        ('expected_offices = "330100"', "LIST_TEXT", "expected_offices"),
        ("expected_offices = [330100]", "LIST_TEXT", "expected_offices"),
        ('next_releases = ["2026-11-01"]', "LIST_DATE", "next_releases"),
        ("next_releases = [2026-11-01T08:00:00]", "LIST_DATE", "next_releases"),
        ("disclosure = 12", "TABLE", "disclosure"),
        ("finest = 'month'", "FINEST", "county"),
        ("[finest]\ncounty = 'week'", "FINEST", "quarter"),
        ("[finest]\nvillage = 'year'", "FINEST", "county"),
        ("zone = 'Hangzhou'", "ZONE", "Hangzhou"),
        ("region_set = 'zz'", "REGION_SET", "fictional"),
        ("engine = 'spark'", "ENGINE", "sc://"),
    ],
)
def test_what_cannot_be_used_is_refused_at_once_in_both_languages(
    tmp_path: Path, content: str | bytes, key: str, words: str
):
    with pytest.raises(UserError) as caught:
        load(tmp_path, content)
    assert (caught.value.key, caught.value.exit_code) == (f"settings.{key}", 2)
    for lang in Lang:
        assert "petitions.toml" in caught.value.sentence(lang)
        assert words in caught.value.sentence(lang)


def test_the_doctor_says_it_in_the_reader_s_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "petitions.toml").write_text("is_demo = 1", encoding="utf-8")
    assert not Screen(Lang.ZH).points(examine(Home(tmp_path)))
    assert "is_demo 应为 true 或 false" in capsys.readouterr().out
