"""Names of places as people write them in Indonesia: what is a word for the kind of place, which words are shortened how."""

import re
import unicodedata

_KIND = re.compile(r"^(kecamatan|kec|kcmtn|kelurahan|kel|klrhn|desa|ds)\b[\s.:]*", re.IGNORECASE)
_CITY_AFTER = re.compile(r"(?<=\w)[\s,(/-]+(kota|kab|kabupaten|prov|provinsi|dki|jakarta|jkt|jak(pus|ut|bar|sel|tim))\b.*$", re.IGNORECASE)
_CITY_KINDS = {"kota", "kab", "kabupaten", "adm", "administrasi", "administratif", "prov", "provinsi", "propinsi", "dki", "jkt"}
# One word in its usual shortened or older forms; both sides of a comparison go through this table.
_FORMS = {
    "pasar": "ps psr pas", "tanjung": "tj tjg tg tnj", "kebon": "kb kbn kebun", "kebayoran": "kby kbyr kbyoran kebyrn",
    "kampung": "kp kpg kamp", "tanah": "tn tnh", "gunung": "gn gng gng", "pondok": "pd pdk pnd", "cempaka": "cemp cmpk cp",
    "kepulauan": "kep kepl kpl", "pulau": "p", "kelapa": "klp kelp", "duren": "dr drn durian", "grogol": "grgl",
    "petamburan": "petamb ptmbrn", "mampang": "mpg mmpg", "prapatan": "prpt prptn", "jembatan": "jbt jmbt", "karang": "kr krg",
    "cipinang": "cip cpng", "rawa": "rw", "sawah": "swh", "johar": "jhr", "bendungan": "bend bdg", "petojo": "ptj",
    "barat": "b br brt bar", "timur": "t tm tim tmr", "utara": "u ut utr", "selatan": "s sl sel slt sltn", "besar": "bsr bes",
    "lama": "lm", "dalam": "dlm", "indah": "idh", "melayu": "mly", "dua": "2 ii", "tiga": "3 iii",
    "empat": "4 iv", "lima": "5 v", "satu": "1 i",
}  # fmt: skip
_WHOLE = {form: word for word, forms in _FORMS.items() for form in forms.split()}


def words_of(text: str) -> list[str]:
    """The words of a name in lower case, without the word for the kind of place and the city behind it; shortened ones in full."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().strip()
    plain = _CITY_AFTER.sub("", _KIND.sub("", plain))
    return [_WHOLE.get(word, word) for word in re.findall(r"[a-z]+|\d+", plain)]


def key_of(text: str) -> str:
    """A name reduced to its letters, by which spellings of one place are the same."""
    return "".join(words_of(text))


def city_words(text: str) -> list[str]:
    """The words of a city's name without those for its kind; empty when nothing else is said."""
    plain = re.findall(r"[a-z]+", text.lower())
    return [word for word in plain if word not in _CITY_KINDS]


def shortens(text: str, name: str) -> bool:
    """Whether a text is a shortened form of a name: its first words, or each word by some of its letters in order."""
    given, full = words_of(text), words_of(name)
    if sum(map(len, given)) < 4 or len(given) > len(full):
        return False
    if begins(given, full):
        return True
    return len(given) == len(full) and all(_letters_of(short, long) for short, long in zip(given, full, strict=True))


def begins(given: list[str], full: list[str]) -> bool:
    """Whether words are the first ones of a name, written in full."""
    return bool(given) and len(given[0]) >= 5 and given == full[: len(given)]


def _letters_of(short: str, long: str) -> bool:
    """Whether the letters of `short` occur in `long` in order, beginning with its first."""
    rest = iter(long)
    return short[:1] == long[:1] and all(letter in rest for letter in short)
