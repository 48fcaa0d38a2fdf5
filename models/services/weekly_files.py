"""The weekly update as a spreadsheet and as PDF: renderings of its JSON, nothing is counted here."""

import io
import json
from typing import Any

import typst
import xlsxwriter

from models.definitions.definition import Definition

COLUMNS = ("entered", "finished", "left", "present", "overdue")
LATE = "of_which_earlier"
HEADS = {
    "id": {"district": "Kecamatan", "stage": "Tahap", "entered": "Masuk", "finished": "Selesai", "left": "Keluar",
           "present": "Ada sekarang", "overdue": "Terlambat", "title": "Pembaruan pekanan", "registered": "Terdaftar",
           "week": "pekan ini", "target": "Target", "frozen": "Dibekukan", "provisional": "Sementara", "restated": "Ralat",
           "of_which_earlier": "Di antaranya dari pekan lalu", "was": "Semula", "now": "Kini", "figure": "Angka"},
    "en": {"district": "District", "stage": "Stage", "entered": "Entered", "finished": "Finished", "left": "Left",
           "present": "There now", "overdue": "Overdue", "title": "Weekly update", "registered": "Registered",
           "week": "this week", "target": "Target", "frozen": "Frozen", "provisional": "Provisional", "restated": "Restated",
           "of_which_earlier": "Of which earlier", "was": "Was", "now": "Now", "figure": "Figure"},
}  # fmt: skip


def xlsx(update: dict[str, Any], definition: Definition, locale: str = "id") -> bytes:
    """Three sheets: totals by stage, every stage × district, and what this week restates of earlier ones."""
    heads, target = HEADS[locale], io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        totals = book.add_worksheet(f"{heads['stage']}"[:31])
        totals.write_row(0, 0, [f"{heads['title']} {update['week']}", heads[update["status"]], update["content_hash"]], bold)
        registered = update["registered"]
        totals.write_row(1, 0, [heads["registered"], registered["total"], f"+{registered['week']} {heads['week']}"])
        totals.write_row(2, 0, [heads["target"], update["target"]["count"], update["target"]["date"]])
        totals.write_row(4, 0, [heads["stage"], *(heads[name] for name in (*COLUMNS, LATE))], bold)
        for number, row in enumerate(update["totals"], 5):
            name = definition.stages[row["stage"]].name.in_(locale)
            totals.write_row(number, 0, [f"{row['stage'].upper()} {name}", *(row[column] for column in (*COLUMNS, LATE))])
        totals.set_column(0, 0, 32)
        detail = book.add_worksheet(f"{heads['district']}"[:31])
        detail.write_row(0, 0, ["Kode", heads["district"], heads["stage"], *(heads[name] for name in (*COLUMNS, LATE))], bold)
        for number, row in enumerate(update["rows"], 1):
            place = definition.areas.name(row["district"])
            detail.write_row(number, 0, [row["district"], place, row["stage"], *(row[column] for column in (*COLUMNS, LATE))])
        detail.set_column(1, 1, 24)
        detail.freeze_panes(1, 0)
        restated = book.add_worksheet(heads["restated"])
        restated.write_row(0, 0, [heads["week"], heads["figure"], heads["stage"], heads["was"], heads["now"]], bold)
        for number, row in enumerate(update["restatements"], 1):
            restated.write_row(number, 0, [row["week"], heads[row["figure"]], row.get("stage", ""), row["was"], row["now"]])
    return target.getvalue()


TEMPLATE = """
#let d = json(bytes(sys.inputs.data))
#set page(paper: "a4", margin: 2cm, footer: [#text(size: 8pt, fill: luma(90))[#d.hash]])
#set text(size: 10pt)
#text(size: 18pt, weight: "bold")[#d.title] #h(8pt) #text(fill: luma(90))[#d.status]
#v(4pt)
#text(size: 12pt)[#d.headline]
#v(8pt)
#table(columns: (1fr,) + (auto,) * 5, align: (left,) + (right,) * 5, inset: 6pt,
  stroke: (x, y) => (bottom: 0.5pt + luma(200)),
  ..d.head.map(h => strong(h)), ..d.totals.flatten())
#for r in d.restatements [#v(4pt) #text(fill: rgb("#8a5300"))[#r]]
#pagebreak()
#set text(size: 8pt)
#table(columns: (1fr, auto) + (auto,) * 5, align: (left, left) + (right,) * 5, inset: 3pt,
  stroke: (x, y) => (bottom: 0.3pt + luma(210)),
  table.header(..d.detail_head.map(h => strong(h))), ..d.rows.flatten())
"""


def pdf(update: dict[str, Any], definition: Definition, locale: str = "id") -> bytes:
    """One page of totals, then every stage × district."""
    heads = HEADS[locale]
    registered, target = update["registered"], update["target"]
    share = f"{100 * registered['total'] / target['count']:.1f} %".replace(".", "," if locale == "id" else ".")
    data = {
        "title": f"{heads['title']} {update['week']}",
        "status": heads[update["status"]],
        "headline": f"{heads['registered']}: {registered['total']} (+{registered['week']} {heads['week']}) · "
        f"{share} / {target['count']} ({target['date']})",
        "head": [heads["stage"], *(heads[name] for name in COLUMNS)],
        "totals": [
            [f"{row['stage'].upper()} {definition.stages[row['stage']].name.in_(locale)}", *(str(row[c]) for c in COLUMNS)]
            for row in update["totals"]
        ],
        "restatements": [_restated(heads, item) for item in update["restatements"]],
        "detail_head": [heads["district"], heads["stage"], *(heads[name] for name in COLUMNS)],
        "rows": [[definition.areas.name(row["district"]), row["stage"].upper(), *(str(row[c]) for c in COLUMNS)] for row in update["rows"]],
        "hash": f"{update['content_hash']} · {update['journal_position']}",
    }
    return typst.compile(TEMPLATE.encode(), sys_inputs={"data": json.dumps(data)})


def _restated(heads: dict[str, str], item: dict[str, Any]) -> str:
    stage = f" {item['stage'].upper()}" if item.get("stage") else ""
    return f"{heads['restated']} {item['week']}{stage}, {heads[item['figure']].lower()}: {item['was']} → {item['now']}"
