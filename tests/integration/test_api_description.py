"""The API's description is valid, complete, and true of the answers that the API gives."""

import json

import pytest
from openapi_spec_validator import validate

from models.services import weekly
from models.services.actor import MACHINE, Role
from tests.integration.conftest import SITI, in_queue, token_for
from ui.api import shapes

CONTRACT = {
    "post /registrations",
    "get /cases",
    "get /cases/{number}",
    "get /cases/{number}/journal",
    "get /cases/{number}/explanation",
    "post /cases/{number}/commands",
    "get /tasks",
    "post /tasks/claim-next",
    "post /tasks/{task_id}/{act}",
    "post /imports",
    "get /jobs/{job_id}",
    "get /jobs/{job_id}/items",
    "get /handoffs",
    "post /handoffs/{handoff_id}/callback",
    "get /incidents",
    "post /incidents/{incident_id}/retry",
    "post /incidents/{incident_id}/resolve",
    "get /weekly-updates",
    "get /weekly-updates/{week}",
    "get /figures",
    "get /events",
}


@pytest.fixture
async def document(api):
    return (await api.get("/openapi.json")).json()


async def test_the_description_is_a_valid_document_of_all_paths(document):
    validate(document)
    operations = {f"{method} {path.removeprefix('/api/v1')}" for path, methods in document["paths"].items() for method in methods}
    assert operations >= CONTRACT
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    assert "HTTPValidationError" not in json.dumps(document)


async def test_the_description_can_be_read_without_loading_anything_from_elsewhere(api, document):
    page = await api.get("/docs")
    assert page.status_code == 200
    assert all(f"<code>{path}</code>" in page.text for path in document["paths"])
    assert all(f'id="{name}"' in page.text for name in ("Case", "Task", "Problem", "Registration"))
    assert "<script" not in page.text
    assert "https://" not in page.text


async def test_each_operation_says_what_it_takes_and_gives_how_it_refuses_and_who_may_call(document):
    assert set(document["components"]["securitySchemes"]) == {"bearer", "session"}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            good = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
            for content in good["content"].values():
                assert content["schema"], where
            for status in ("401", "403", "422", "503"):
                refusal = operation["responses"][status]["content"]
                assert refusal == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}, where
            signed = path.endswith("/callback")
            assert operation["security"] == ([] if signed else [{"bearer": []}, {"session": []}] if method == "get" else [{"bearer": []}])
            if method == "post" and not path.endswith("/retry"):
                assert operation["requestBody"]["content"], where


async def test_what_is_described_is_what_is_answered(api, session, programme):
    made = await api.post("/registrations", json=SITI)
    shapes.Registered.model_validate(made.json())
    case = await in_queue(session, programme, 7)
    await weekly.freeze_closed_weeks(session, MACHINE, programme)
    await session.commit()
    task = (await api.post("/tasks/claim-next", json={"queue": "p1"})).json()
    job = (await api.post("/imports", files={"file": ("a.csv", b"Nama;NIK\nA;1\n")})).json()["job"]
    told = {
        f"/cases/{case.number}": shapes.Case,
        f"/cases/{case.number}/journal": shapes.Page[shapes.JournalEvent],
        f"/cases/{case.number}/explanation": shapes.Explanation,
        "/cases": shapes.Page[shapes.CaseLine],
        "/tasks": shapes.CountedPage[shapes.TaskLine],
        f"/tasks/{task['id']}": shapes.Task,
        f"/jobs/{job}": shapes.Job,
        f"/jobs/{job}/items": shapes.Page[shapes.JobItem],
        "/handoffs": shapes.Page[shapes.Handoff],
        "/incidents": shapes.Page[shapes.Incident],
        "/weekly-updates": shapes.Page[shapes.WeekLine],
        "/weekly-updates/2018-W02": shapes.WeeklyUpdate,
        "/figures": shapes.Page[shapes.WeekFigures],
    }
    for path, shape in told.items():
        answer = await api.get(path)
        assert answer.status_code == 200, answer.text
        shape.model_validate(answer.json())
    for line in (await api.get("/events")).text.splitlines():
        shapes.JournalEvent.model_validate_json(line)
    shapes.Problem.model_validate((await api.get("/cases", headers=await token_for(session, Role.PARTNER))).json())
