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


MERGE_IN_LIST = "then: [{when: facts.has_phone, merge: possible_duplicate_of}, {go: welcome}]"
MERGE_COUNTED = "merge: possible_duplicate_of, at_most: 2, after_that: {go: welcome}"
STAGES = "stages: [p1_registration, p2_training, p3_mentoring, p4_licensing, p5_marketing, p6_reporting, p7_capital]"
ELECTION = "    - {date: 2018-06-27, name: Hari Pemilihan Kepala Daerah}"
LOAN_REFERRAL = "to: lender\n    send: loan_referral"


@pytest.mark.parametrize(
    ("file", "old", "new", "says", "hint"),
    [
        ("messages.yaml", "{class_on} pukul", "{class_n} pukul", "message class_invitation (id): nothing fills {class_n}", "class_on"),
        (
            "messages.yaml",
            "number {licence_number}",
            "number {licence_numbr}",
            "message licence_issued (en): nothing fills {licence_numbr}",
            "licence_number",
        ),
        (
            "messages.yaml",
            "Hello {name}, you are registered",
            "Hello {name, you are registered",
            "(en): a brace is not closed",
            "write {name}",
        ),
        ("messages.yaml", "Hello {name}, you are registered", "Hello {}, you are registered", "(en): nothing fills {}", "known are"),
        (
            "p1_registration.yaml",
            "after_that: {finish: case,",
            "after_that: {when: facts.has_phone, finish: case,",
            "p1.review: when: under after_that is never asked",
            "choose:",
        ),
        ("programme.yaml", "role: mentor,", "role: mentr,", "group mentors: there is no role mentr", "did you mean mentor?"),
        (
            "programme.yaml",
            "until: 2018-04-15",
            "until: 2018-04-20",
            "ptsp and ptsp_kelurahan both serve licensing from 2018-04-16",
            "until:",
        ),
        ("programme.yaml", "from: 2018-04-16", "from: 2019-04-16, until: 2019-04-01", "from: 2019-04-16 is after until: 2019-04-01", ""),
        ("programme.yaml", "{kind: learning,", '{kind: learning, areas: ["31.7"],', "partner lms: there is no area 31.7", "did you mean"),
        (
            "p7_capital.yaml",
            LOAN_REFERRAL,
            LOAN_REFERRAL.replace("lender", "lendr"),
            "p7.refer goes to lendr, which nothing gives",
            "lender?",
        ),
        (
            "p1_registration.yaml",
            "merge: possible_duplicate_of",
            "merge: same_as",
            "p1.review merges into same_as, which nothing gives",
            "",
        ),
        (
            "p1_registration.yaml",
            "merge: possible_duplicate_of",
            "merge: identity_seen",
            "identity_seen, which is no case number",
            "type: case",
        ),
        ("p7_capital.yaml", "    finish: case\n    as: financed", "    finish: case", "finish: case needs as: a reason", ""),
        ("areas.yaml", "      also: [Pulau Seribu Utara]", "      aslo: [Pulau Seribu Utara]", "31.01.01.aslo: Extra inputs", "spelling"),
        ("areas.yaml", '"31.71":', 'x: 1\n"31.71":', "areas.x: Input should be a valid dictionary", "keys and values"),
        ("p1_registration.yaml", "merge: possible_duplicate_of", MERGE_IN_LIST, "merge: may not stand in a then: list", "of its own"),
        ("p1_registration.yaml", "merge: possible_duplicate_of", MERGE_COUNTED, "merge: may not stand with at_most:", "of its own"),
        (
            "p1_registration.yaml",
            "{finish: case, as: unreachable",
            "{merge: possible_duplicate_of, as: unreachable",
            "under after_that",
            "of its own",
        ),
        ("p1_registration.yaml", "then: escalate", "then: same_person", "a deadline may not say that two cases are the same", "escalate"),
        ("p6_reporting.yaml", "name: {id: Diterima, en: Received}, go: check", "then: []", "outcome received goes nowhere", "then:"),
        ("programme.yaml", "Asia/Jakarta", "Mars/Phobos", "no time zone Mars/Phobos", "Asia/Jakarta"),
        ("programme.yaml", "Asia/Jakarta", "Asia", "no time zone Asia", "Asia/Jakarta"),
        ("programme.yaml", "country: ID", "country: XX", "no holidays are known of XX", "ID"),
        ("programme.yaml", "country: ID", "country: DE", "DE has no holidays of all of public, government", "[public]"),
        ("programme.yaml", '"16:00"', '"99:99"', "99:99 is no time of a day", "16:00"),
        ("programme.yaml", "[5, 6]", "[0, 1, 2, 3, 4, 5, 6]", "all seven days are weekend", "Monday"),
        ("programme.yaml", "[5, 6]", "[9]", "no day 9 of the week", "Monday"),
        ("programme.yaml", ELECTION, f"{ELECTION}\n{ELECTION}", "extra: names 2018-06-27 more than once", "once"),
        ("programme.yaml", "first: 2018-05-17", "first: 2019-05-17", "a pause begins on 2019-05-17, after its last day", "round"),
        (
            "p4_licensing.yaml",
            "within: 7 working days",
            "within: 9999999 days",
            "p4.apply is due within 9999999 days, which is too long",
            "3650",
        ),
        ("p4_licensing.yaml", "within: 7 working days, warn: 2 working days before", "within: 0 working days", "no time at all", "1 hour"),
        ("p4_licensing.yaml", "within: 7 working days, warn: 2", "within: 2 working days, warn: 30", "p4.apply warns 30 working", "later"),
        ("p2_training.yaml", "for: 3 working days", "for: 99999999999 hours", "99999999999 hours, which is too long", "3650"),
        ("programme.yaml", 'starts: "09:00"', "starts: pagi", "classes.starts: pagi is no time of a day", "09:00"),
        ("programme.yaml", "weekdays: [1, 2, 3]", "weekdays: []", "classes.weekdays: List should have at least 1 item", "Monday"),
        ("programme.yaml", "weekdays: [1, 2, 3]", "weekdays: [7]", "classes.weekdays: there is no day 7 of the week", "Monday"),
        ("programme.yaml", "kinds: [basic, advanced]", "kinds: []", "classes.kinds: List should have at least 1 item", "basic"),
        ("programme.yaml", "capacity: 50", "capacity: 0", "classes.capacity: Input should be greater than or equal to 1", "50"),
        ("programme.yaml", "Kantor Kecamatan {district}", "Kantor {kecamatan}", "classes.venue: nothing fills {kecamatan}", "{district}"),
        ("programme.yaml", "  classes:", "  clases:", "there are no resources clases", "classes"),
        ("p3_mentoring.yaml", "places: 120", "places: 99999999999", "places: 99999999999 is too many", "10000"),
        ("p5_marketing.yaml", "stage: p5", "stage: p4", "there are two stages p4", "its own"),
        (
            "messages.yaml",
            "pada {class_on} pukul",
            "pada {class_on:d} pukul",
            "(id): {class_on} is written with : or !",
            "{class_on} alone",
        ),
        (
            "messages.yaml",
            "pada {class_on} pukul",
            "pada {class_on!x} pukul",
            "(id): {class_on} is written with : or !",
            "{class_on} alone",
        ),
        ("programme.yaml", STAGES, "stages: p1", "stages: must be a list of stage files", "p1_registration"),
        ("programme.yaml", STAGES, "stages:", "stages: must be a list of stage files", "p1_registration"),
        ("forms.yaml", 'if: "answers.licence_until > ', 'if: "answers.licence_til > ', "form licence asks no licence_til", "licence_until"),
        ("forms.yaml", "when: \"answers.lender != 'lpdb'\"", 'when: "answers.loan_tenor > 3"', "above loan_product asks no loan_tenor", ""),
        ("forms.yaml", "type: code", "type: text", "free text licence_number would stand in the journal", "personal"),
        ("intake.yaml", "licence_until]", "licence_til]", "evidence licensed brings licence_til, which no form asks", "licence_until"),
    ],
)
def test_each_further_mistake_is_one_finding_where_it_stands(bundle, file, old, new, says, hint):
    line = spoil(bundle, file, old, new)
    found = [f for f in check_folder(bundle) if says in f.message]
    assert len(found) == 1, [str(f) for f in check_folder(bundle)]
    assert (found[0].file, found[0].warning) == (file, False)
    assert abs(found[0].line - line) <= 1
    assert hint in found[0].hint


def test_a_day_without_a_licence_office_is_told_with_its_place(bundle):
    spoil(bundle, "programme.yaml", "from: 2018-04-16", "from: 2018-05-01")
    [found] = check_folder(bundle)
    assert (found.file, found.message) == (
        "p4_licensing.yaml",
        "p4.apply: nobody serves licensing in Kepulauan Seribu Utara on 2018-04-16",
    )


def test_classes_that_a_step_needs_must_be_described(bundle):
    text = (bundle / "programme.yaml").read_text()
    spoil(bundle, "programme.yaml", text[text.index("resources:") : text.index("retention_months")], "")
    [found] = check_folder(bundle)
    assert (found.file, found.message) == (
        "p2_training.yaml",
        "p2.place places people in classes, which resources: does not describe",
    )


def test_two_branches_may_not_await_the_same_at_once(bundle):
    task = "    ask: {id: Kumpulkan dokumen izin, en: Collect the papers for the licence}\n    form: papers\n    assign_to: mentor\n"
    spoil(bundle, "p3_mentoring.yaml", task, "    await: news\n    form: papers\n")
    timer, event = "    wait: {for: 7 days}\n    then:\n      - {go: visit}\n", "    await: news\n    outcomes:\n      came: {go: visit}\n"
    spoil(bundle, "p3_mentoring.yaml", timer, event)
    assert [f.message for f in check_folder(bundle)] == ["p3.collect_papers awaits news, as another branch of p3.side_by_side does"]


def test_one_after_the_other_may_await_the_same(bundle):
    spoil(bundle, "p6_reporting.yaml", "await: monthly_report", "await: first_sale")
    assert check_folder(bundle) == []


def test_a_lender_that_is_no_partner_is_told(bundle):
    spoil(bundle, "programme.yaml", "  bri: {kind", "  bry: {kind")
    found = check_folder(bundle)
    assert {f.message for f in found} == {
        f"p7.{step} goes to lender, which may be bri, no partner of banking" for step in ("refer", "disbursement")
    }


def test_the_line_and_a_hint_lead_to_the_mistake(bundle):
    line = spoil(bundle, "p4_licensing.yaml", "send: licence_application", "send: licence_aplication")
    [found] = check_folder(bundle)
    assert (found.line, found.hint) == (line, "did you mean licence_application?")


def test_a_missing_file_is_one_finding(bundle):
    (bundle / "forms.yaml").unlink()
    assert [found.message for found in check_folder(bundle)] == ["the file is missing"]
