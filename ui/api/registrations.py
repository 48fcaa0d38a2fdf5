"""Registering one person, and lists."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response, UploadFile
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from models.clock import programme_now
from models.errors import Conflict, Invalid, Problem
from models.intake import fields
from models.intake.checks import LONGEST_NAME, check
from models.intake.nik import read_nik
from models.intake.phones import phones_of
from models.intake.report import OUTCOMES
from models.intake.sheet import LARGEST_BYTES
from models.services import cases, import_jobs, intake, programmes
from models.services.actor import Actor
from models.services.participants import Person
from ui.api import filters, shapes
from ui.api.deps import Body, Database, Day, Who, Whole, once, page
from ui.api.description import answers

router = APIRouter(tags=["registration"])
NEVER_EMPTY = ("nik", "name")
PERSONAL = (*NEVER_EMPTY, "sex", "birth_place", "birth_date", "email", "address", "rt", "rw", "business_type")


class Registration(Body):
    """Who registers; areas by code or name, the NIK as 16 digits."""

    nik: str = Field(max_length=40)
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    district: str = Field(max_length=60)
    village: str | None = Field(default=None, max_length=60)
    sex: str | None = Field(default=None, max_length=20)
    birth_place: str | None = Field(default=None, max_length=60)
    birth_date: Day | None = None
    phone: str | None = Field(default=None, max_length=40)
    email: str | None = Field(default=None, max_length=120)
    address: str | None = Field(default=None, max_length=200)
    rt: str | None = Field(default=None, max_length=3)
    rw: str | None = Field(default=None, max_length=3)
    business_type: str | None = Field(default=None, max_length=80)
    business_months: Whole = Field(default=0, ge=0, le=fields.MOST_MONTHS)
    monthly_turnover: Whole | None = Field(default=None, ge=0, le=fields.LARGEST_RUPIAH)


@router.post("/registrations", status_code=201, **answers(shapes.Registered, 201))
async def register(body: Registration, request: Request, session: Database, actor: Who) -> Any:
    """Register a person; the same NIK again is a 409 with the existing number and status, nothing personal."""
    return await once(request, session, actor, lambda: _register(body, session, actor))


async def _register(body: Registration, session: AsyncSession, actor: Actor) -> dict[str, str]:
    definition, now = await programmes.current(session), await programme_now(session)
    person = _person(body, definition, definition.calendar.local_date(now))
    facts: dict[str, Any] = {
        "registered_on": definition.calendar.local_date(now).isoformat(),
        "has_phone": person.phone is not None,
        "business_months": body.business_months,
    }
    if body.monthly_turnover is not None:
        facts["monthly_turnover"] = body.monthly_turnover
    case, number = await intake.register_one(session, actor, definition, person, facts, now)
    if case is None:
        status = (await cases.status_of(session, number)) or "active"
        message = f"NIK sudah terdaftar: {number} ({status}) / this NIK is registered: {number} ({status})"
        raise Conflict(message, [Problem("registered", message, field="nik")])
    return {"case_number": number, "status": case.status}


def _person(body: Registration, definition: Any, today: date) -> Person:
    """Who registers, as they are stored; a birth date that was not sent is the one in the NIK, as in lists."""
    given = body.model_dump(mode="json", include=set(PERSONAL))
    clean, problems = check({name: value for name, value in given.items() if name in NEVER_EMPTY or (value or "").strip()}, today)
    nik = read_nik(body.nik)
    areas = definition.areas
    district = areas.district(body.district) or getattr(areas.find("district", body.district), "area", None)
    if district is None:
        problems.append(Problem("unknown_district", "Kecamatan tidak dikenal / unknown district", field="district"))
    village = None
    if body.village:
        village = areas.get(body.village) or getattr(areas.find("village", body.village), "area", None)
        if village is None or (district is not None and village.parent != district.code):
            problems.append(
                Problem("unknown_village", "Bukan kelurahan dari kecamatan ini / not a village of this district", field="village")
            )
    phones = phones_of(body.phone)[0] if body.phone else []
    if (body.phone or "").strip() and not phones:
        problems.append(Problem("invalid_phone", "Nomor HP tidak sah / invalid phone number", field="phone"))
    if problems or district is None:
        raise Invalid("Ada isian yang perlu diperbaiki / some fields need correction", problems)
    return Person(
        nik=nik.digits,
        name=clean["name"],
        district=district.code,
        village=village.code if village else None,
        sex=clean.get("sex") or ("P" if nik.woman else "L"),
        birth_date=body.birth_date or nik.birth_date(today),
        phone=phones[0] if phones else None,
        birth_place=clean.get("birth_place"),
        email=clean.get("email"),
        address=clean.get("address"),
        rt=clean.get("rt"),
        rw=clean.get("rw"),
        business_type=clean.get("business_type"),
    )


@router.post("/imports", status_code=202, **answers(shapes.Queued, 202))
async def upload(file: UploadFile, request: Request, session: Database, actor: Who) -> Any:
    """Send a list; it is read by the worker. `GET /jobs/{id}` tells how far it is."""
    actor.require("import")
    content, name = await file.read(LARGEST_BYTES + 1), file.filename or "list"

    async def queue() -> dict[str, str]:
        return {"job": await import_jobs.queue_import(session, actor, content, name)}

    return await once(request, session, actor, queue, content=name.encode(errors="replace") + b"\n" + content)


@router.get("/jobs/{job_id}", **answers(shapes.Job))
async def job(job_id: str, session: Database, actor: Who) -> dict[str, Any]:
    """A job's progress; `actor` is the name of whoever began it."""
    view = await intake.job(session, actor, job_id)
    shown = {name: getattr(view, name) for name in view.__dataclass_fields__}
    return shown | {"actor": shown.pop("actor_name"), "actor_id": view.actor}


@router.get("/jobs/{job_id}/items", **answers(shapes.Page[shapes.JobItem]))
async def items(
    job_id: str, session: Database, actor: Who, response: Response, state: str = "", cursor: int = 0, limit: int = 100
) -> dict[str, Any]:
    """The result of each row; `state` is one outcome, or several with commas between."""
    limit = max(1, min(limit, 500))
    response.headers["Cache-Control"] = "no-store"
    states = [found for word in state.split(",") if (found := filters.word("state", word, OUTCOMES))]
    rows = await intake.items(session, actor, job_id, states=states, after=cursor, limit=limit)
    shown = [
        {
            "key": f"row-{row['row']}",
            "state": row["outcome"],
            "code": " ".join(row["codes"]),
            "message": " / ".join(row["messages"].values()),
            **row,
        }
        for row in rows
    ]
    for row in shown:
        row.pop("cells", None), row.pop("titles", None)
    return page(shown, limit, "row")
