"""What a form demands of its answers: numbers of documents, dates that can be, options that are offered now."""

import pytest

from models.definitions import forms
from models.definitions.form_schema import json_schema
from models.definitions.schema import Form, FormField, Text
from models.definitions.typed import as_typed

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
    schema = json_schema(ok_oce.forms["loan_choice"], around=AROUND | declined)["properties"]
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


def asking(*fields, **more):
    """A form of fields written as in YAML."""
    made = [FormField.model_validate({"label": {"id": f["name"], "en": f["name"]}} | f) for f in fields]
    return Form(title=Text(id="Uji", en="Test"), fields=made, **more)


@pytest.mark.parametrize(
    "typed", ["31/01/2018", "31 Januari 2018", "31 januari 2018", "31 Jan 2018", "31-01-2018", "31 January 2018", "2018-01-31"]
)
def test_a_date_is_read_as_indonesians_write_it(typed):
    form = asking({"name": "day", "type": "date"})
    assert forms.validate(form, {"day": typed})[0] == {"day": "2018-01-31"}


@pytest.mark.parametrize("typed", ["31/02/2018", "31 Janu 2018", "Januari 2018", "31 x 2018", "01/31/2018", "31/01/18"])
def test_what_is_no_date_is_told_with_an_example(typed):
    [problem] = forms.validate(asking({"name": "day", "type": "date"}), {"day": typed}, "id")[2]
    assert problem.message == "Isi tanggal seperti 24/01/2018."


@pytest.mark.parametrize(
    ("kind", "clean", "typed"),
    [
        ("rupiah", 2_500_000, "2.500.000"),
        ("number", 12.5, "12,5"),
        ("number", 1234.5, "1.234,5"),
        ("date", "2018-01-31", "31/01/2018"),
        ("yes_no", True, "ya"),
    ],
)
def test_a_kept_answer_is_shown_as_it_would_be_typed_and_read_back_alike(kind, clean, typed):
    form = asking({"name": "value", "type": kind})
    assert as_typed(clean, form.fields[0]) == typed
    assert forms.validate(form, {"value": typed})[0] == {"value": clean}


COSTS = {
    "name": "costs",
    "type": "group",
    "max": 2,
    "fields": [
        {"name": "kind", "type": "choice", "label": {"id": "Jenis", "en": "Kind"}, "options": [
            {"value": "goods", "label": {"id": "Bahan", "en": "Goods"}}, {"value": "other", "label": {"id": "Lain", "en": "Other"}}]},
        {"name": "amount", "type": "rupiah", "required": True, "min": 1, "label": {"id": "Nilai", "en": "Amount"}},
        {"name": "day", "type": "date", "when": "answers.kind == 'other'", "label": {"id": "Tanggal", "en": "Day"}},
    ],
}  # fmt: skip


def test_a_group_is_asked_row_by_row_and_each_row_has_its_own_conditions():
    form = asking(COSTS)
    typed = {"costs": [{"kind": "goods", "amount": "Rp 20.000", "day": "x"}, {"kind": "", "amount": " "}, {"kind": "other", "amount": "5"}]}
    assert forms.validate(form, typed)[0] == {"costs": [{"kind": "goods", "amount": 20_000}, {"kind": "other", "amount": 5}]}
    assert list(forms.asked_now(form, typed)) == [
        "costs", "costs.0.kind", "costs.0.amount", "costs.1.kind", "costs.1.amount", "costs.2.kind", "costs.2.amount", "costs.2.day",
    ]  # fmt: skip


def test_what_is_wrong_in_a_row_is_told_at_its_place():
    form = asking(COSTS)
    refused = forms.validate(form, {"costs": [{"amount": "0"}, {"kind": "rent"}, {"amount": "1"}]})[2]
    assert [(p.field, p.code) for p in refused] == [
        ("costs.0.amount", "too_small"),
        ("costs.1.kind", "not_choice"),
        ("costs.1.amount", "required"),
        ("costs", "too_many_rows"),
    ]
    for nonsense in ("x", {"amount": 1}, [1], [{"amount": 1}] * 51):
        assert [p.code for p in forms.validate(form, {"costs": nonsense})[2]] == ["not_rows"], nonsense


def test_groups_hold_plain_fields_only():
    for inner in ({"type": "photo"}, {"type": "text", "personal": True}, COSTS):
        with pytest.raises(ValueError, match="inside a group"):
            asking({"name": "g", "type": "group", "fields": [{"name": "x", "label": {"id": "x", "en": "x"}} | inner]})
    with pytest.raises(ValueError, match="no other field"):
        asking({"name": "g", "type": "group"})


def test_what_is_asked_follows_what_was_typed_not_only_what_was_chosen():
    form = asking(
        {"name": "price", "type": "rupiah"},
        {"name": "reason", "type": "code", "when": "answers.price > 1000000"},
        {"name": "seen", "type": "yes_no"},
        {"name": "by", "type": "code", "when": "answers.seen"},
    )
    assert list(forms.asked_now(form, {"price": "Rp 900.000", "seen": "tidak"})) == ["price", "seen"]
    assert list(forms.asked_now(form, {"price": "Rp 1.900.000", "seen": "ya"})) == ["price", "reason", "seen", "by"]


def test_a_file_is_named_by_its_id_or_seen_and_a_photo_is_no_pdf():
    form = asking({"name": "ktp", "type": "document"}, {"name": "shop", "type": "photo"})
    there = {"1b4e28ba-2fa1-11d2-883f-0016d3cca427": "application/pdf", "1b4e28ba-2fa1-11d2-883f-0016d3cca428": "image/png"}
    pdf, png = there
    assert forms.validate(form, {"ktp": pdf, "shop": png}, files=there)[0] == {"ktp": True, "shop": True}
    assert forms.validate(form, {"ktp": True}, as_json=True, files=there)[0] == {"ktp": True}
    assert [p.code for p in forms.validate(form, {"shop": pdf}, files=there)[2]] == ["not_photo"]
    assert [p.code for p in forms.validate(form, {"ktp": pdf})[2]] == ["no_such_file"]
    assert [p.code for p in forms.validate(form, {"ktp": "ya"}, as_json=True)[2]] == ["no_such_file"]


def test_sections_groups_and_files_are_told_in_the_json_schema():
    form = asking(COSTS | {"section": {"id": "Biaya", "en": "Costs"}}, {"name": "ktp", "type": "document"})
    described = json_schema(form, "en")["properties"]
    assert described["costs"]["x-section"] == "Costs"
    assert described["costs"]["items"]["required"] == ["amount"]
    assert (described["costs"]["maxItems"], described["ktp"]["type"]) == (2, ["string", "boolean"])
