"""What validation tells others: every check in words."""

from pipelines.validate.report import check_words
from pipelines.validate.totals import required_checks
from tests.unit.validate.world import TABLES


def test_every_check_has_words_in_both_languages():
    words = check_words(TABLES)
    assert required_checks(TABLES) <= set(words)
    assert all(meaning.zh and meaning.en for meaning in words.values())
    assert words["V23", "cases"].en == "Persons is a whole number from 1 to 5000"
    assert words["GX:V23", "cases"].zh == "复核：采用的记录无一违反“人次为1至5000的整数”"
    assert words["REQUIRED:office_id", "cases"].en == "Registering office: never empty"
