"""Every reason has its sentence in both languages, and each sentence says all it should."""

import pytest

from pipelines.ingest.reasons import FileReason, RecordReason, Remark, refusal_sentence, remedy
from pipelines.words import Lang, say


@pytest.mark.parametrize("reason", FileReason)
@pytest.mark.parametrize("lang", Lang)
def test_a_refusal_names_the_file(reason: FileReason, lang: Lang):
    sentence = refusal_sentence(reason, lang, file="F01.csv", detail="DETAIL")
    assert sentence.startswith("F01.csv")
    assert "DETAIL" in sentence


@pytest.mark.parametrize("reason", [*RecordReason, *Remark])
@pytest.mark.parametrize("lang", Lang)
def test_every_reason_of_a_record_can_be_said(reason: str, lang: Lang):
    assert say(f"ingest.{reason}", lang)


@pytest.mark.parametrize("lang", Lang)
def test_a_sheet_is_named_only_where_one_was_asked_for(lang: Lang):
    reason = FileReason.MULTISHEET
    told = refusal_sentence(reason, lang, file="a.xlsx", detail="")
    assert "“”" not in told
    assert "``" not in told
    assert "3" in refusal_sentence(reason, lang, file="a.xlsx", detail="3")


@pytest.mark.parametrize("lang", Lang)
@pytest.mark.parametrize(
    ("reason", "key"),
    [
        (RecordReason.DATE_RANGE, "missing_dates"),
        (RecordReason.PII, "values"),
        (FileReason.MULTISHEET, "format.sheet"),
        (FileReason.HEADER, "aliases"),
    ],
)
def test_who_keeps_the_mappings_is_told_the_key(reason: str, key: str, lang: Lang):
    assert key in remedy(reason, lang)
    assert key not in say(f"ingest.{reason}", lang, file="", detail="")
    assert remedy(RecordReason.NUM, lang) == ""
