"""The demo's people do each human step of the programme, and nothing that its forms would refuse."""

import random
from datetime import UTC, date, datetime

from flows.demo.roster import Roster
from flows.demo.staff import work_on
from flows.demo.story import story
from models.definitions import forms
from models.engine.case import Case, Task

TODAY = date(2018, 1, 22)


def case_with(step, **facts):
    """A case with one open task."""
    stage = step.split(".")[0]
    task = Task("t", step, stage, stage, opened_at=datetime(2018, 1, 20, tzinfo=UTC))
    return Case(id="0a1b2c3d-0000-4000-8000-000000000000", status="active", tasks={"t": task}, facts=facts)


def completions(ok_oce, step, times=200, **facts):
    """What people do with a task of a step, many times over; a step's queue is that of its stage."""
    chance, nobody = random.Random(7), Roster(ok_oce, [])
    done = [work_on(case_with(step, **facts), nobody, chance, TODAY) for _ in range(times)]
    return [commands[-1] for _, commands in done if commands]


def test_every_human_step_has_a_habit_so_that_no_queue_fills_silently(ok_oce):
    assert set(story().habits) == {name for name, step in ok_oce.steps.items() if step.kind == "task"}


def test_what_they_answer_is_what_the_forms_ask(ok_oce):
    around = {"case": {"today": TODAY.isoformat()}, "facts": {}}
    for name in story().habits:
        step, done = ok_oce.steps[name], completions(ok_oce, name)
        assert done, name
        for command in done:
            outcome = step.outcomes[command.outcome]
            assert not outcome.needs_note, name
            if step.form is None:
                assert command.answers == {}, name
                continue
            form = ok_oce.forms[step.form]
            # Personal answers stand beside the participant; the demo's engine commands carry none.
            asked = form.model_copy(update={"fields": [field for field in form.fields if not field.personal]})
            clean, _, problems = forms.validate(asked, command.answers, optional=outcome.form_optional)
            assert [*problems, *forms.broken(asked.fields, clean, around)] == [], (name, command.outcome)


def test_they_ask_another_lender_than_the_one_that_declined(ok_oce):
    asked = {command.answers.get("lender") for command in completions(ok_oce, "p7.choose", lenders_declined=["bank_dki"])}
    assert asked == {"bri", "lpdb", None}
