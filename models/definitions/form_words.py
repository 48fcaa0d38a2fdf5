"""What a form says when an answer is wrong: what to do, in the reader's language."""

from typing import Any, Final

from models.definitions.schema import FormField, Text
from models.definitions.typed import JSON_TYPE
from models.errors import Problem

WORDS: Final[dict[str, tuple[str, str]]] = {
    "required": ("Isi bagian ini.", "Fill this in."),
    "unknown_field": ("Bagian ini tidak dikenal.", "This field is not known."),
    "not_text": ("Isi dengan teks, paling panjang {limit} huruf.", "Enter text, at most {limit} characters."),
    "not_number": ("Isi dengan angka, misalnya 12 atau 12,5.", "Enter a number, for example 12 or 12.5."),
    "not_rupiah": ("Isi jumlah dalam rupiah, misalnya 2.500.000.", "Enter an amount in rupiah, for example 2.500.000."),
    "not_date": ("Isi tanggal seperti 24/01/2018.", "Enter a date such as 24/01/2018."),
    "not_choice": ("Pilih salah satu dari daftar.", "Choose one from the list."),
    "not_yes_no": ("Pilih ya atau tidak.", "Choose yes or no."),
    "not_phone": (
        "Isi nomor HP Indonesia, misalnya 0812 3456 7890.",
        "Enter an Indonesian number, e.g. 0812 3456 7890.",
    ),
    "not_code": (
        "Isi nomor dokumen: huruf, angka, titik, garis miring atau garis datar, paling panjang {limit}.",
        "Enter a document's number: letters, digits, dots, slashes or dashes, at most {limit}.",
    ),
    "looks_like_nik": ("Ini seperti NIK. Isi nomor dokumen.", "This looks like a NIK. Enter the document's number."),
    "not_case": ("Isi nomor berkas seperti OKO-2018-000123.", "Enter a case number such as OKO-2018-000123."),
    "no_such_file": ("Unggah berkasnya lagi; yang ini tidak ada.", "Upload the file again; this one is not there."),
    "not_photo": ("Unggah foto (JPG, PNG atau WebP).", "Upload a photo (JPG, PNG or WebP)."),
    "not_rows": ("Isi sebagai daftar, paling banyak {limit} baris.", "Give a list of at most {limit} rows."),
    "too_few_rows": ("Isi paling sedikit {limit} baris.", "Fill at least {limit} rows."),
    "too_many_rows": ("Isi paling banyak {limit} baris.", "Fill at most {limit} rows."),
    "not_json_number": ("Kirim sebagai angka JSON, bukan teks.", "Send a JSON number, not text."),
    "not_json_boolean": ("Kirim true atau false.", "Send true or false."),
    "too_small": ("Isi paling sedikit {limit}.", "Enter at least {limit}."),
    "too_large": ("Isi paling banyak {limit}.", "Enter at most {limit}."),
}


def problem(code: str, name: str, locale: str, limit: Any = "") -> Problem:
    """What is wrong with a field, by the code of the words above."""
    indonesian, english = (words.format(limit=limit) for words in WORDS[code])
    return Problem(code, Text(id=indonesian, en=english).in_(locale), field=name)


def limit_problem(field: FormField, name: str, code: str, locale: str) -> Problem:
    """The same where the field sets the limit; the definition's own words for it come first."""
    if code in ("too_small", "too_large", "too_few_rows", "too_many_rows"):
        if field.error:
            return Problem(code, field.error.in_(locale), field=name)
        limit = field.min if code in ("too_small", "too_few_rows") else field.max
        return problem(code, name, locale, f"{limit:g}" if limit is not None else "")
    return problem(code, name, locale, JSON_TYPE[field.type].get("maxLength", ""))
