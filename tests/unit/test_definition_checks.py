"""A mistake in a definition is found before anybody is run through it: the place, the words, a hint."""

import shutil
from pathlib import Path

import pytest

from flows.checking import check_folder

OK_OCE = Path(__file__).parents[2] / "flows" / "programmes" / "ok_oce"


@pytest.fixture
def bundle(tmp_path):
    """A copy of OK OCE to spoil."""
    return Path(shutil.copytree(OK_OCE, tmp_path / "bundle"))


def spoil(bundle, file, old, new):
    """Put one mistake into a file and return the line at which it stands."""
    text = (bundle / file).read_text()
    assert text.count(old) >= 1, old
    (bundle / file).write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def test_the_shipped_programme_is_in_order():
    assert check_folder(OK_OCE) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("p1_registration.yaml", "go: welcome}\n      - {go: review}", "go: welcom}\n      - {go: review}", "p1.welcom, which is no step"),
        ("p1_registration.yaml", "do: check_identity", "do: check_identty", "there is no action check_identty"),
        ("p1_registration.yaml", "with: {message: welcome}", "with: {message: welcme}", "there is no message welcme"),
        ("p1_registration.yaml", "form: identity_review", "form: identity_revue", "there is no form identity_revue"),
        ("p1_registration.yaml", "owner: registration-desk", "owner: registration-dsk", "there is no group registration-dsk"),
        ("p1_registration.yaml", "\n      - {go: review}\n", "\n", "p1.check_identity does not cover every case"),
        ("p1_registration.yaml", 'when: "facts.identity_clear"', 'when: "facts.identity_cleer"', "nothing gives facts.identity_cleer"),
        ("p1_registration.yaml", 'when: "facts.identity_clear"', "when: \"facts.phone != ''\"", "may not read the personal facts.phone"),
        ("p1_registration.yaml", 'when: "facts.identity_clear"', 'when: "facts.identity_clear &&"', "not a condition"),
        ("p1_registration.yaml", 'when: "facts.identity_clear"', 'when: "person.age > 3"', "may not read person"),
        ("p1_registration.yaml", "ask: {id: Periksa", "aks: {id: Periksa", "aks"),
        ("p1_registration.yaml", ", en: Review the flagged registration}", "}", "en"),
        ("p2_training.yaml", "go: enrol}", "go: assess_need}", "p2.enrol is never reached"),
        (
            "p2_training.yaml",
            "- {go: waiting_list}\n\n  waiting_list:",
            "- {go: place}\n\n  waiting_list:",
            "comes round to itself without waiting",
        ),
        ("p3_mentoring.yaml", "go: both_done}\n      again", "finish: stage}\n      again", "ends the stage inside branch visits"),
        ("p4_licensing.yaml", "refused: {name", "denied_by_office: {name", "is not ready for the answer refused"),
        ("p4_licensing.yaml", "send: licence_application", "send: licence_aplication", "knows no licence_aplication"),
        ("forms.yaml", "type: long_text, personal: true", "type: long_text", "free text fixed would stand in the journal"),
        ("programme.yaml", "{kind: marketing", "{kind: messaging", "no partner serves marketing"),
        ("programme.yaml", "retention_months: 60", "retention_month: 60", "retention_month"),
        ("p5_marketing.yaml", "steps:", "steps: [", "not readable as YAML"),
    ],
)
def test_each_mistake_is_named_with_its_file(bundle, file, old, new, says):
    spoil(bundle, file, old, new)
    found = check_folder(bundle)
    assert [str(f) for f in found if says in str(f) and file in (f.file, "programme.yaml")], [str(f) for f in found]


def test_the_line_and_a_hint_lead_to_the_mistake(bundle):
    line = spoil(bundle, "p4_licensing.yaml", "send: licence_application", "send: licence_aplication")
    [found] = check_folder(bundle)
    assert (found.line, found.hint) == (line, "did you mean licence_application?")


def test_a_missing_file_is_one_finding(bundle):
    (bundle / "forms.yaml").unlink()
    assert [found.message for found in check_folder(bundle)] == ["the file is missing"]
