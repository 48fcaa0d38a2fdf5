"""Documents of a case as PDF, drawn when they are opened from what the journal and the participant say."""

import json
from typing import Any

import typst
from sqlalchemy.ext.asyncio import AsyncSession

from models.definitions.definition import Definition
from models.errors import NotFound
from models.services import cases, participants, programmes
from models.services.actor import Actor

TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: 2.5cm)
#set text(size: 11pt, lang: d.lang)
#align(center)[#text(size: 11pt, tracking: 0.1em)[#d.programme] \\ #v(6pt) #text(size: 18pt, weight: "bold")[#d.title]]
#v(1cm)
#table(columns: (5cm, 1fr), stroke: none, inset: (x: 0pt, y: 5pt),
  ..d.lines.map(l => (text(fill: luma(90))[#l.at(0)], [#l.at(1)])).flatten())
#v(1cm)
#v(1.5cm)
#text(size: 9pt, fill: luma(90))[#d.footer]
"""
LABELS = {
    "id": ("Nomor berkas", "Nama", "Kecamatan", "Jenis usaha", "Tanggal"),
    "en": ("Case number", "Name", "District", "Business", "Date"),
}


def titles(definition: Definition) -> dict[str, dict[str, str]]:
    """The documents that a programme's steps issue: name → title in both languages."""
    return {str(step.with_["document"]): dict(step.with_["title"]) for step in definition.steps.values() if step.do == "write_document"}


async def filled(session: AsyncSession, actor: Actor, number: str, document: str, locale: str = "id") -> dict[str, Any]:
    """What stands in a document that was issued in a case, for `pdf`. Raises NotFound when it was not, or the case may not be read."""
    row = await cases.find(session, actor, number)
    case = await cases.folded(session, str(row.id))
    definition = await programmes.by_hash(session, row.definition)
    title = titles(definition).get(document)
    if title is None or not case.facts.get(f"{document}_written"):
        raise NotFound(f"Dokumen {document} belum terbit / the document has not been issued")
    person = await participants.shown(session, str(row.id))
    values: list[Any] = [
        number,
        person["name"],
        definition.areas.name(case.district),
        person["business_type"] or "–",
        case.facts.get(f"{document}_on", ""),
    ]
    return {
        "lang": locale,
        "programme": definition.pinned.name.in_(locale),
        "title": title["en" if locale == "en" else "id"],
        "lines": [[label, str(value)] for label, value in zip(LABELS["en" if locale == "en" else "id"], values, strict=True)],
        "footer": f"{number} · {case.facts.get(f'{document}_on', '')}",
    }


def pdf(document: dict[str, Any]) -> bytes:
    """Draw a filled document; it takes a second of computing."""
    return typst.compile(TEMPLATE.encode(), sys_inputs={"data": json.dumps(document)})
