"""What a form demands of its answers: numbers of documents, dates that can be, options that are offered now."""

import pytest

from models.definitions import forms
from models.definitions.schema import Form, FormField, Text

AROUND = {"case": {"today": "2018-01-22"}, "facts": {}}
IUMK = {"licence_type": "IUMK", "licence_number": "12/IUMK/2017", "licence_issuer": "kecamatan", "licence_issued_on": "05/06/2017"}
LOAN = {"lender": "bank_dki", "loan_product": "micro", "loan_amount": "5.000.000", "loan_tenor": "12"}


def refused(definition, name, typed, **around):
    """The field and code of everything that a form refuses, as the services ask it."""
    form = definition.forms[name]
    clean, _, problems = forms.validate(form, typed)
    return [(p.field, p.code) for p in problems or forms.broken(form.fields, clean, AROUND | around)]


def test_a_licence_is_kept_as_facts_with_its_dates_as_iso(ok_oce):
    clean, personal, problems = forms.validate(ok_oce.forms["licence"], IUMK | {"licence_until": "05/06/2022"})
    assert (problems, personal) == ([], {}), "a number is no free text: it may stand in the journal"
    assert (clean["licence_number"], clean["licence_issued_on"], clean["licence_until"]) == ("12/IUMK/2017", "2017-06-05", "2022-06-05")
    assert refused(ok_oce, "licence", IUMK) == []


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"licence_number": ""}, "licence_number", "required"),
        ({"licence_number": "ada"}, "licence_number", "not_code"),
        ({"licence_number": "nomor 12 milik Ibu Siti Aminah"}, "licence_number", "not_code"),
        ({"licence_number": "1" * 61}, "licence_number", "not_code"),
        ({"licence_number": "3171014501800001"}, "licence_number", "looks_like_nik"),
        ({"licence_number": "3171 0145 0180 0001"}, "licence_number", "looks_like_nik"),
        ({"licence_type": "NIB", "licence_number": "812345"}, "licence_number", "must"),
        ({"licence_issued_on": "23/01/2018"}, "licence_issued_on", "must"),
        ({"licence_issued_on": "05/06/1017"}, "licence_issued_on", "must"),
        ({"licence_issued_on": "31/02/2017"}, "licence_issued_on", "not_date"),
        ({"licence_until": "05/06/2017"}, "licence_until", "must"),
        ({"licence_until": "21/01/2018"}, "licence_until", "must"),
    ],
)
def test_a_licence_that_cannot_be_is_refused_beside_its_field(ok_oce, wrong, field, code):
    assert refused(ok_oce, "licence", IUMK | wrong) == [(field, code)]


def test_a_nib_has_thirteen_digits_and_a_licence_may_end_today(ok_oce):
    assert refused(ok_oce, "licence", IUMK | {"licence_type": "NIB", "licence_number": "9120001234567"}) == []
    assert refused(ok_oce, "licence", IUMK | {"licence_until": "22/01/2018"}) == []


def test_a_lender_that_declined_is_neither_offered_nor_taken(ok_oce):
    declined = {"facts": {"lenders_declined": ["bank_dki"]}}
    lender = ok_oce.fields["lender"]
    assert [option.value for option in forms.offered(lender, {}, AROUND)] == ["bank_dki", "bri", "lpdb"]
    assert [option.value for option in forms.offered(lender, {}, AROUND | declined)] == ["bri", "lpdb"]
    assert refused(ok_oce, "loan_choice", LOAN, **declined) == [("lender", "not_choice")]
    schema = forms.json_schema(ok_oce.forms["loan_choice"], around=AROUND | declined)["properties"]
    assert schema["lender"]["enum"] == ["bri", "lpdb"]
    assert "kur" in schema["loan_product"]["enum"], "what depends on an answer stays, with its condition"


def test_each_lender_has_its_products_from_their_day_on_and_within_their_limits(ok_oce):
    monas = LOAN | {"loan_product": "monas_pemula"}
    april = {"case": {"today": "2018-04-23"}}
    assert refused(ok_oce, "loan_choice", monas) == [("loan_product", "not_choice")]
    assert refused(ok_oce, "loan_choice", monas, **april) == []
    assert refused(ok_oce, "loan_choice", monas | {"loan_amount": "10.000.001"}, **april) == [("loan_amount", "must")]
    assert refused(ok_oce, "loan_choice", monas | {"loan_tenor": "19"}, **april) == [("loan_tenor", "must")]
    assert refused(ok_oce, "loan_choice", LOAN | {"lender": "lpdb"}) == [("loan_product", "not_choice")]
    assert refused(ok_oce, "loan_choice", LOAN | {"lender": "lpdb", "loan_product": "revolving"}) == []


def test_a_case_number_is_read_as_people_type_it(ok_oce):
    read = forms.validate(ok_oce.forms["identity_review"], {"identity_seen": "ya", "possible_duplicate_of": " oko-2018-000007 "})
    assert read[0]["possible_duplicate_of"] == "OKO-2018-000007"
    assert refused(ok_oce, "identity_review", {"identity_seen": "ya", "possible_duplicate_of": "7"}) == [
        ("possible_duplicate_of", "not_case")
    ]


@pytest.mark.parametrize(
    ("kind", "text", "plain", "code"),
    [
        ("rupiah", "5.000.000", 5_000_000, "not_json_number"),
        ("number", "12,5", 12.5, "not_json_number"),
        ("rupiah", True, 0, "not_json_number"),
        ("yes_no", "ya", True, "not_json_boolean"),
        ("yes_no", 1, False, "not_json_boolean"),
    ],
)
def test_a_machine_sends_numbers_and_booleans_as_such(kind, text, plain, code):
    label = Text(id="Isi", en="Value")
    form = Form(title=label, fields=[FormField(name="value", type=kind, label=label)])
    [problem] = forms.validate(form, {"value": text}, as_json=True)[2]
    assert (problem.field, problem.code) == ("value", code)
    assert forms.validate(form, {"value": plain}, as_json=True) == ({"value": plain}, {}, [])
