"""A wrong completion is taken back while nothing has followed from it; later it is refused with a reason."""

import pytest

from models.engine import commands as c
from models.engine.case import encode
from models.engine.evolve import fold
from tests.unit.walk import CASE, Walk


def at_product_card(ok_oce):
    """A case in marketing whose product card is claimed."""
    walk = Walk(ok_oce, evidence=tuple(c.Evidence(stage, "bukti") for stage in ("p1", "p2", "p3", "p4")))
    walk.tell(c.ClaimTask(walk.at("p5.product_card").id, "sari"))
    return walk


def taken_back(walk, task, by="sari", since=None):
    """The command, with the story as the service reads it from the journal."""
    first = max(n for n, event in enumerate(walk.events) if event.type == "task_completed" and event.data["task"] == task)
    return c.UndoCompletion(task, by, fold(CASE, walk.events[:first]), tuple(walk.events[first:]) if since is None else since)


def test_a_completion_is_taken_back_with_everything_that_it_recorded(ok_oce):
    walk = at_product_card(ok_oce)
    before, task = walk.case, walk.at("p5.product_card").id
    walk.person("p5.product_card", "filled", product_kind="food", product_price=15_000)
    assert walk.steps() == {"p5.curation"}
    told = walk.tell(taken_back(walk, task))
    assert told == ["task_cancelled", "step_cancelled", "completion_undone"]
    assert (walk.steps(), walk.case.facts) == ({"p5.product_card"}, before.facts)
    again = walk.case.tasks[task]
    assert (again.state, again.assignee, again.outcome, again.closed_at) == ("claimed", "sari", None, None)
    assert again.version > before.tasks[task].version, "a form that was opened before is stale"
    assert encode(fold(CASE, walk.events)) == encode(walk.case)
    walk.person("p5.product_card", "filled", product_kind="craft", product_price=20_000)
    assert walk.case.facts["product_kind"] == "craft"


def test_what_was_known_before_is_known_again_and_what_was_counted_is_not(ok_oce):
    walk = at_product_card(ok_oce)
    task = walk.at("p5.product_card").id
    walk.person("p5.product_card", "unreachable")
    assert [n for way, n in walk.case.taken.items() if way.startswith("p5.product_card")] == [1]
    walk.tell(taken_back(walk, task))
    assert [way for way in walk.case.taken if way.startswith("p5.product_card")] == []
    walk.person("p5.product_card", "filled", product_kind="food", product_price=15_000)
    walk.person("p5.curation", "improve", packaging_ok=False, label_ok=True)
    curation = next(t.id for t in walk.case.tasks.values() if t.step == "p5.curation" and t.state == "done")
    walk.tell(taken_back(walk, curation))
    assert walk.case.facts["product_kind"] == "food"
    assert "packaging_ok" not in walk.case.facts


def test_the_undoer_may_have_taken_the_next_task_already_but_nobody_else(ok_oce):
    walk = at_product_card(ok_oce)
    task = walk.at("p5.product_card").id
    walk.person("p5.product_card", "filled", product_kind="food", product_price=15_000)
    next_task = walk.at("p5.curation").id
    walk.tell(c.ClaimTask(next_task, "dimas"))
    assert walk.refuse(taken_back(walk, task)) == "followed"
    walk.tell(c.ReleaseTask(next_task, "dimas"))
    assert walk.refuse(taken_back(walk, task)) == "followed", "Dimas has looked at it"
    walk = at_product_card(ok_oce)
    task = walk.at("p5.product_card").id
    walk.person("p5.product_card", "filled", product_kind="food", product_price=15_000)
    walk.tell(c.ClaimTask(walk.at("p5.curation").id, "sari"))
    walk.tell(taken_back(walk, task))
    assert walk.steps() == {"p5.product_card"}


def test_it_is_refused_when_the_machine_or_somebody_went_on(ok_oce):
    walk = at_product_card(ok_oce)
    task = walk.at("p5.product_card").id
    walk.person("p5.product_card", "filled", product_kind="food", product_price=15_000)
    walk.person("p5.curation", "fit", packaging_ok=True, label_ok=True)
    assert walk.refuse(taken_back(walk, task)) == "followed"
    curation = next(t.id for t in walk.case.tasks.values() if t.step == "p5.curation")
    walk.machine("p5.match", channel_found=True, channels=["gerai"])
    assert walk.refuse(taken_back(walk, curation)) == "followed"


@pytest.mark.parametrize("then", [c.Hold("note:x"), c.MoveDistrict("31.71.01"), c.CorrectData(("name",))])
def test_it_is_refused_after_any_other_command(ok_oce, then):
    walk = at_product_card(ok_oce)
    task = walk.at("p5.product_card").id
    walk.person("p5.product_card", "filled", product_kind="food", product_price=15_000)
    walk.tell(then)
    assert walk.refuse(taken_back(walk, task)) == "followed"


def test_only_whoever_completed_it_may_and_only_with_the_true_story(ok_oce):
    walk = at_product_card(ok_oce)
    task = walk.at("p5.product_card").id
    walk.person("p5.product_card", "filled", product_kind="food", product_price=15_000)
    assert walk.refuse(taken_back(walk, task, by="dimas")) == "not_yours"
    assert walk.refuse(taken_back(walk, task, since=tuple(walk.events[-1:]))) == "stale"
    walk.tell(taken_back(walk, task))
    walk.events.append(walk.events[-1])
    assert walk.refuse(c.UndoCompletion(task, "sari", walk.case, ())) == "not_now"


def test_a_case_that_ended_is_reopened_instead(ok_oce):
    walk = at_product_card(ok_oce)
    for _ in range(3):
        task = walk.at("p5.product_card").id
        walk.person("p5.product_card", "unreachable")
        if walk.steps() == {"p5.wait_before_call"}:
            walk.clock("p5.wait_before_call")
    walk.person("p5.product_card", "unreachable")
    assert walk.case.status == "lapsed"
    task = [t.id for t in walk.case.tasks.values() if t.state == "done"][-1]
    assert walk.refuse(taken_back(walk, task)) == "followed"


def test_a_stage_that_was_finished_by_mistake_is_entered_again_in_the_figures(ok_oce):
    walk = Walk(ok_oce, evidence=tuple(c.Evidence(stage, "bukti") for stage in ("p1", "p2", "p3", "p4", "p6")))
    walk.person("p5.product_card", "filled", product_kind="food", product_price=15_000)
    walk.person("p5.curation", "fit", packaging_ok=True, label_ok=True)
    walk.machine("p5.match", channel_found=True, channels=["gerai"])
    walk.partner("p5.list_product", "completed", "listed")
    walk.person("p5.consign", "delivered", consigned_pieces=4)
    walk.clock("p5.first_sale")
    seller = walk.at("p5.ask_seller").id
    walk.person("p5.ask_seller", "sold")
    assert walk.case.stage == "p7"
    told = walk.tell(taken_back(walk, seller))
    assert "stage_left" in told
    assert "stage_entered" in told
    assert (walk.case.stage, walk.steps()) == ("p5", {"p5.ask_seller"})
