"""What is wrong with a request's field, in both languages: pydantic's kinds of errors in our words."""

from typing import Any, Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "missing": ("Isi bagian ini", "Fill this in"),
    "extra_forbidden": ("Bagian ini tidak dikenal", "This field is not known"),
    "string_type": ("Isi dengan teks", "Enter text"),
    "string_too_short": ("Isi paling sedikit {min_length} huruf", "Enter at least {min_length} characters"),
    "string_too_long": ("Isi paling banyak {max_length} huruf", "Enter at most {max_length} characters"),
    "literal_error": ("Pilih salah satu: {expected}", "Choose one of: {expected}"),
    "greater_than_equal": ("Isi paling sedikit {ge}", "Enter at least {ge}"),
    "less_than_equal": ("Isi paling banyak {le}", "Enter at most {le}"),
    "json_invalid": ("Isi permintaan bukan JSON yang sah", "The body is no valid JSON"),
    "timezone_aware": ("Sertakan zona waktu, misalnya +07:00", "Give the time zone, for example +07:00"),
}
KINDS: Final[dict[str, tuple[str, str]]] = {
    "int": ("Isi dengan angka bulat", "Enter a whole number"),
    "bool": ("Isi dengan true atau false", "Enter true or false"),
    "datetime": ("Isi waktu seperti 2018-01-24T09:00:00+07:00", "Enter a time such as 2018-01-24T09:00:00+07:00"),
    "date": ("Isi tanggal seperti 2018-01-24", "Enter a date such as 2018-01-24"),
    "dict": ("Isi dengan objek JSON", "Enter a JSON object"),
    "model": ("Isi dengan objek JSON", "Enter a JSON object"),
}
OTHERWISE: Final = ("Nilai ini tidak dapat dipakai", "This value cannot be used")


def words_of(item: dict[str, Any]) -> str:
    """An error as pydantic describes it, as "Indonesian / English". One that is ours already says both."""
    if " / " in item["msg"]:
        return str(item["msg"])
    kind = str(item["type"])
    found = WORDS.get(kind) or KINDS.get(kind.split("_")[0]) or OTHERWISE
    return " / ".join(words.format_map(item.get("ctx", {})) for words in found)
