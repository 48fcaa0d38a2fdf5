"""Conditions, parameters of actions and stages by name: a mistake in them is refused with file, line and a hint."""

import pytest

from flows.checking import check_folder
from models.definitions.expressions import kind_of, names_used, roots_used, unknown_functions
from tests.unit.test_definition_checks import bundle, spoil  # noqa: F401

CLEAR = 'when: "facts.identity_clear"'
CONSENT = 'when: "answers.consent_given"'


@pytest.mark.parametrize(
    ("file", "old", "new", "says", "hint"),
    [
        ("p7_capital.yaml", CONSENT, 'when: "answers.consent_givn"', "p7.consent asks no consent_givn", "did you mean consent_given?"),
        ("p7_capital.yaml", CONSENT, "when: \"answers['loan_tenor'] > 3\"", "p7.consent asks no loan_tenor", "read facts.loan_tenor"),
        ("p1_registration.yaml", CLEAR, 'when: "answers.zone == facts.zone"', "p1.check_identity asks no zone", "read facts.zone"),
        (
            "p1_registration.yaml",
            CLEAR,
            'when: "facts.identity_cleer"',
            "nothing gives facts.identity_cleer",
            "did you mean identity_clear?",
        ),
        ("p1_registration.yaml", CLEAR, 'when: "facts.IdentityClear"', "nothing gives facts.IdentityClear", ""),
        ("p1_registration.yaml", CLEAR, "when: \"case.distrik == '31.71'\"", "a case has no distrik", "did you mean district?"),
        ("p1_registration.yaml", CLEAR, 'when: "sizes(facts.reasons) > 1"', "knows no function sizes", "did you mean size?"),
        ("p4_licensing.yaml", "facts.zone != 'green'", "answers.zone != 'green'", "p4.check_eligibility asks no zone", "read facts.zone"),
        ("p4_licensing.yaml", 'if: "facts.has_npwp"', 'if: "facts.has_nwpw"', "nothing gives facts.has_nwpw", "did you mean has_npwp?"),
        ("p4_licensing.yaml", 'if: "facts.has_npwp"', 'if: "facts.zone"', "gives a text, not yes or no", "compare it"),
        ("p4_licensing.yaml", "doc_rt_rw", "doc_rtrw", "p4.check_papers needs doc_rtrw, which nothing gives", "did you mean doc_rt_rw?"),
        ("p2_training.yaml", "until: class_at", "until: class_t", "p2.class_day waits for class_t", "did you mean class_at?"),
        (
            "p4_licensing.yaml",
            "shows: [reasons]",
            "shows: [reason]",
            "p4.choose_way_out shows reason, which nothing gives",
            "did you mean reasons?",
        ),
        ("p3_mentoring.yaml", "assign_to: mentor", "assign_to: mentr", "p3.visit is assigned to mentr", "did you mean mentor?"),
        ("p3_mentoring.yaml", "fact: mentor", "fact: coach", "p3.visit is assigned to mentor, which nothing gives", ""),
        (
            "forms.yaml",
            "when: \"answers.premises == 'rusun'\"",
            'when: "answers.premises_m2 == 1"',
            "form visit above floor asks no premises_m2",
            "",
        ),
        ("p3_mentoring.yaml", "places: 120", "places: many", "places: expected a valid integer, not 'many'", "a whole number"),
        ("p3_mentoring.yaml", "places: 120", "places: 0", "places: expected greater than 0", ""),
        ("p3_mentoring.yaml", "places: 120", "places: true", "places: expected a valid integer, not 'True'", "a whole number"),
        ("p3_mentoring.yaml", "role: mentor,", "role: mentr,", "role: expected 'stage_owner'", ""),
        ("p3_mentoring.yaml", "places: 120", "places: 120, plces: 3", "assign_person takes no plces", "did you mean places?"),
        ("p3_mentoring.yaml", ", places: 120", "", "assign_person needs places", "say it under with"),
        ("p4_licensing.yaml", "needs: [doc_ktp, doc_rt_rw, doc_photo, doc_form]", "needs: doc_ktp", "needs: expected a valid", "a list"),
        (
            "p4_licensing.yaml",
            '{if: "facts.has_npwp"',
            '{iff: "facts.has_npwp"',
            "rules.has_tax_number.iff: Extra inputs are not permitted",
            "spelling",
        ),
        ("p4_licensing.yaml", 'has_npwp: "true"', "has_npwp: true", "facts.has_npwp: expected a valid string", "quote"),
        ("p6_reporting.yaml", "do: check_report", "do: check_report\n    with: {months: 3}", "check_report takes no months", "remove it"),
        ("intake.yaml", "skip: [p5]", "skip: [p9]", "evidence selling skips p9, which is no stage", "known are p1, p2"),
        ("intake.yaml", "evidence:\n", "evidnce:\n", "unknown key evidnce", "known is evidence"),
        ("programme.yaml", "stages: [p4]", "stages: [p44]", "group licensing-officers has p44, which is no stage", "did you mean p4?"),
        ("p1_registration.yaml", CLEAR, "when: \"'yes'\"", "the condition 'yes' gives a text, not yes or no", "compare it"),
        ("p1_registration.yaml", CLEAR, 'when: "1 + 1"', "the condition 1 + 1 gives a number", "compare it"),
    ],
)
def test_each_mistake_is_refused_where_it_stands(bundle, file, old, new, says, hint):  # noqa: F811
    line = spoil(bundle, file, old, new) + ("\n    with:" in new)
    [found, *_] = [f for f in check_folder(bundle) if says in f.message] or [None]
    assert found is not None, [str(f) for f in check_folder(bundle)]
    assert (found.file, found.warning) == (file, False)
    assert hint in found.hint
    assert found.line == line or "fact: coach" in new


def test_a_form_that_no_step_uses_gives_no_fact(bundle):  # noqa: F811
    spoil(bundle, "p3_mentoring.yaml", "form: readiness", "form: consent")
    spoil(bundle, "p1_registration.yaml", CLEAR, 'when: "facts.price_calculated"')
    assert any("nothing gives facts.price_calculated" in found.message for found in check_folder(bundle))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("true", "yes or no"),
        ("(facts.a)", None),
        ("!facts.a || facts.b", "yes or no"),
        ("facts.a && 'x'", "a text"),
        ("facts.a ? 'x' : 'y'", "a text"),
        ("facts.a ? facts.b : (facts.c ? 1 : 2) > 1", None),
        ("facts.a ? true : 1 in [1, 2]", "yes or no"),
        ("'a' + facts.b", "a number"),
        ("'a' + 'b'", "a text"),
        ("-1", "a number"),
        ("-1 < 2", "yes or no"),
        ("size(facts.x)", "a number"),
        ("size(facts.x) == 2", "yes or no"),
        ("facts.x.startsWith('a == b')", "yes or no"),
        ("'a == b'", "a text"),
        ("facts.list.exists(x, x == 'a')", "yes or no"),
        ("facts.list.map(x, x == 'a')", "a list"),
        ("[1, 2]", "a list"),
        ("{'a': true}", "a map"),
        ("has(facts.x)", "yes or no"),
        ("case.district", "a text"),
        ("facts.zone", "a text"),
        ("null", "nothing"),
        ("(facts.a) == (facts.b)", "yes or no"),
        ("facts.x[0]", None),
    ],
)
def test_the_kind_of_a_condition_is_known_where_it_can_be(text, kind):
    known = kind_of(text, {"facts.zone": "a text"})
    assert known == kind


def test_names_are_read_from_the_text_outside_its_quotes():
    assert names_used("""facts.Zone == 'it\\'s facts.no' && answers["x"] > size(case.attempts)""") == {
        "facts.Zone",
        "answers.x",
        "case.attempts",
    }
    assert roots_used("facts.list.exists(item, item == 'a')") == {"facts"}
    assert unknown_functions("facts.a.trim() == 'x' && size(facts.b) > 1 || !has(facts.c)") == {"trim"}


def test_only_a_person_is_shown_facts(bundle):  # noqa: F811
    spoil(bundle, "p4_licensing.yaml", "wait: {for: 3 working days}", "wait: {for: 3 working days}\n    shows: [reasons]")
    assert [f.file for f in check_folder(bundle) if "only what a person is asked (ask:) shows" in f.message] == ["p4_licensing.yaml"]
