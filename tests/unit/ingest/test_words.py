"""Every reason has its sentence in both languages, and each sentence says all it should."""

import pytest

from pipelines.ingest.reasons import FileReason, RecordReason, Remark, refusal_sentence
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
