"""What any cell has in common: its text, and whether it says that there is nothing."""

import re
import unicodedata
from typing import Any

_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f]")
_NOTHING = re.compile(
    r"(tidak|tdk|tak|gak|ga|nggak|blm|belum)(\s*(ada|punya|memiliki|isi|diisi|tahu|jelas|tentu|menentu|tetap|pasti))?"
    r"|kosong|nihil|lupa|hilang|menyusul|n/?a|#n/a|#ref!|#value!|#name\?|#null!|none|null|nan|x{2,}",
    re.IGNORECASE,
)


def text_of(cell: Any) -> str:
    """A cell as text: whole numbers without ".0", blanks collapsed, invisible characters gone."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell)
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(text.split())


def has_invisible(text: str) -> bool:
    """Whether a text holds characters that nobody sees, such as those that turn the direction of writing."""
    return _INVISIBLE.search(text) is not None


def is_nothing(cell: Any) -> bool:
    """Whether a cell says that there is nothing."""
    text = text_of(cell).strip(" -–—.,_?/*'`\":;")
    return not text or _NOTHING.fullmatch(text) is not None
