"""The page about the auditor: its example is a sample of the house, and says what the tool says."""

import re
from pathlib import Path

import pytest
import yaml

from pipelines.bulletins.audit import audit_bulletin
from pipelines.bulletins.bulletin import ROLES, Kind
from pipelines.bulletins.numbers import read_number
from pipelines.settings import PROJECT
from pipelines.words import Lang

PAGE = PROJECT / "docs" / "audit.md"
PAGES = (PAGE, PROJECT / "docs" / "audit.zh.md")


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_the_worked_bulletin_is_found_to_be_off_by_four(tmp_path: Path):
    (example,) = re.findall(r"```yaml\n(.*?)```", text(PAGE), re.DOTALL)
    path = tmp_path / "bulletin.yml"
    path.write_text(example, encoding="utf-8")
    title, finding, verdict = audit_bulletin(path).lines(Lang.EN)
    assert "Stock and flow do not balance" in finding
    assert finding.endswith("the difference is +4.")
    assert "CPGRAMS" in title
    assert verdict == "1 of 1 relations are contradicted."


def test_the_example_is_part_of_the_sample():
    (example,) = re.findall(r"```yaml\n(.*?)```", text(PAGE), re.DOTALL)
    shown = yaml.safe_load(example)
    sample = PROJECT / "data" / "samples" / "bulletins" / "cpgrams_2023_03.yml"
    whole = yaml.safe_load(sample.read_text(encoding="utf-8"))
    assert shown["figures"].items() <= whole["figures"].items()
    assert shown["relations"] == whole["relations"][:1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relation_and_role_is_on_the_page(page: Path):
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", text(page), re.MULTILINE)
    told = {kind: set(re.findall(r"`(\w+)`", roles)) for kind, roles in rows if kind in set(Kind)}
    assert told == {kind.value: set(roles) for kind, roles in ROLES.items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_printed_form_on_the_page_is_read(page: Path):
    table = text(page).split("| 436批 |")[1].split("\n\n")[0]
    forms = [
        form for row in table.splitlines()[1:] for form in re.split("[,、] ?", row.split("|")[1])
    ]
    assert len(forms) > 9
    assert [form for form in forms if form.strip() != "至少" and not read_number(form)] == []
