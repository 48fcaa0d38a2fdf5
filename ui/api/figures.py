"""Weekly updates and figures; files of the staff pages."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from models.services import programmes, weekly, weekly_files
from models.services.actor import covers
from ui.api import filters, shapes
from ui.api.deps import Database, Who, one_of
from ui.api.description import answers

router = APIRouter(tags=["figures"])
TYPES = {
    "json": "application/json",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FILES = {kind: {"type": "string", "format": "binary"} for name, kind in TYPES.items() if name != "json"}


@router.get("/weekly-updates", **answers(shapes.Page[shapes.WeekLine]))
async def listed(session: Database, actor: Who) -> dict[str, Any]:
    """All weeks, newest first."""
    return {"items": await weekly.weeks(session, actor, await programmes.current(session)), "next": None}


@router.get("/weekly-updates/{week}", **answers(shapes.WeeklyUpdate, more=FILES))
async def one(week: str, request: Request, session: Database, actor: Who, format: str | None = None) -> Response:
    """One week as JSON, PDF or XLSX (by ?format= or Accept)."""
    accepted = request.headers.get("accept", "")
    wanted = format or next((name for name, kind in TYPES.items() if kind in accepted), "json")
    if wanted not in TYPES:
        raise one_of("format", "unknown_format", TYPES)
    definition = await programmes.current(session)
    update = await weekly.read(session, actor, definition, weekly.parse_week(week))
    return await file_of(update, definition, wanted, actor.locale)


async def file_of(update: dict[str, Any], definition: Any, kind: str, locale: str) -> Response:
    """An update as a file, drawn in a thread: it takes a second in which others are served."""
    if kind == "json":
        return Response(json.dumps(update, ensure_ascii=False), media_type=TYPES["json"])
    draw = weekly_files.pdf if kind == "pdf" else weekly_files.xlsx
    content = await asyncio.to_thread(draw, update, definition, locale)
    name = f"langkah-{update['week']}.{kind}"
    return Response(content, media_type=TYPES[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.get("/figures", **answers(shapes.Page[shapes.WeekFigures]))
async def figures(
    session: Database,
    actor: Who,
    stage: str | None = None,
    district: str | None = None,
    from_: Annotated[str | None, Query(alias="from")] = None,
    to: str | None = None,
) -> dict[str, Any]:
    """Rows of frozen weeks, by stage and district; `district` is the code of a city or district."""
    definition = await programmes.current(session)
    stage, chosen = filters.stage(definition, stage), filters.area(definition, district)
    from_, to = filters.week("from", from_), filters.week("to", to)
    items = []
    for known in await weekly.weeks(session, actor, definition):
        if known["status"] != "frozen" or (from_ and known["week"] < from_) or (to and known["week"] > to):
            continue
        update = await weekly.read(session, actor, definition, weekly.parse_week(known["week"]))
        items += [
            {"week": known["week"], **row}
            for row in update["rows"]
            if stage in (None, row["stage"]) and (chosen is None or covers(chosen.code, row["district"]))
        ]
    return {"items": items, "next": None}
