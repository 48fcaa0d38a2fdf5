"""What an uploaded file really is: told by its content, never by its name; images are drawn anew.

Drawing an image anew drops what it carries besides the picture (where it was taken, another file hidden behind it) and
makes it small enough for everybody who looks at it later.
"""

import asyncio
import re
import unicodedata
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Invalid, Problem, TooLarge

LARGEST_BYTES: Final = 8 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 3000
PDF, JPEG = "application/pdf", "image/jpeg"
ACCEPTED: Final = "image/jpeg,image/png,image/webp,application/pdf"
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
# One at a time in a process: a large picture takes some hundred megabytes while it is drawn.
_drawing = asyncio.Semaphore(1)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that may be kept: what it is, its content, and a harmless name without path and ending."""

    media_type: str
    content: bytes
    name: str


async def prepare(content: bytes, name: str) -> Prepared:
    """Look into a file and make it ready to be kept.

    Raises TooLarge, and Invalid for anything but JPG, PNG, WebP and PDF, for broken files and for too many pixels.
    """
    if len(content) > LARGEST_BYTES:
        words = f"Berkas lebih dari {LARGEST_BYTES // 1024**2} MB / the file is larger than {LARGEST_BYTES // 1024**2} MB"
        raise TooLarge(words, [Problem("too_large", words, field="file")])
    if content.startswith(b"%PDF-"):
        # A PDF is shown by the browser's own viewer, locked in; it only has to be a whole one.
        if b"%%EOF" not in content[-2048:]:
            raise _refused("broken_file", "PDF ini rusak atau tidak lengkap", "this PDF is broken or incomplete")
        return Prepared(PDF, content, _plain(name))
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")):
        raise _refused("wrong_type", "Unggah JPG, PNG, WebP atau PDF", "upload a JPG, PNG, WebP or PDF")
    async with _drawing:
        return Prepared(JPEG, await asyncio.to_thread(_drawn, content), _plain(name))


async def kinds(session: AsyncSession, case_id: str) -> dict[str, str]:
    """The files of a case that an answer may name: id → media type."""
    rows = await session.execute(text("SELECT id::text, media_type FROM attachment WHERE case_id = CAST(:case AS uuid)"), {"case": case_id})
    return {row.id: row.media_type for row in rows}


def _drawn(content: bytes) -> bytes:
    """The picture as a JPEG of at most LONGEST_SIDE, upright, with nothing but the picture in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise _too_many_pixels()
                # A JPEG can be read in a smaller size at once; that saves the memory of the full one.
                image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
                upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise _refused("broken_file", "Gambar ini rusak atau tidak lengkap", "this picture is broken or incomplete") from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    written = BytesIO()
    paper.save(written, "JPEG", quality=88)
    return written.getvalue()


def _too_many_pixels() -> Invalid:
    most = MOST_PIXELS // 1_000_000
    return _refused("too_many_pixels", f"Gambar terlalu besar: paling banyak {most} juta piksel", f"at most {most} million pixels")


def _refused(code: str, indonesian: str, english: str) -> Invalid:
    words = f"{indonesian} / {english}"
    return Invalid(words, [Problem(code, words, field="file")])


def _plain(name: str) -> str:
    """The last part of a name, without its ending and without what is no letter, digit, blank or dash."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFKC", name))[-1].rpartition(".")
    stem = last[0] or last[2]
    return " ".join(re.sub(r"[^\w \-()]", " ", stem).split())[:80]
