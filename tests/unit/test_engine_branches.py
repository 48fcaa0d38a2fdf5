"""Branches that run side by side: how they begin, meet, and end with their stage or case."""

import pytest

from flows.checking import registry
from integrations.kinds import KINDS
from models.definitions.checks import ActionSpec, ContractSpec, check
from models.definitions.loader import Loaded, Source
from models.engine import commands as c
from tests.unit.walk import Walk, with_steps

TEXT = {"id": "Kerjakan", "en": "Do it"}
EVIDENCE = tuple(c.Evidence(stage, "bukti") for stage in ("p1", "p2"))
READY = {"go": "readiness"}


def task(**outcomes):
    return {"ask": TEXT, "outcomes": outcomes}


def forked(ok_oce, branches, steps, needs="all"):
    """OK OCE with another fork at the beginning of mentoring."""
    join = {"join": {"of": "split", "needs": needs}, "then": [READY]}
    return with_steps(ok_oce, "p3", {"split": {"fork": branches}, "meet": join} | steps, enter="split")


def begun(ok_oce, branches, steps, needs="all"):
    return Walk(forked(ok_oce, branches, steps, needs), evidence=EVIDENCE)


TWO = {"one": task(done={"go": "meet"}), "two": task(done={"go": "meet"})}


def test_a_branch_that_ends_the_case_at_once_leaves_no_open_work_and_no_branches(ok_oce):
    stop = {"choose": [{"finish": "case", "as": "nothing_to_do"}]}
    for branches in ({"a": "stop", "b": "work"}, {"b": "work", "a": "stop"}):
        walk = begun(ok_oce, branches, {"stop": stop, "work": task(done={"go": "meet"})})
        assert walk.case.status == "finished"
        assert (walk.case.positions, walk.case.scopes) == ({}, {})
        assert {t.state for t in walk.case.tasks.values()} <= {"cancelled"}


def test_a_stage_that_is_skipped_amid_branches_drops_them(ok_oce):
    walk = begun(ok_oce, {"a": "one", "b": "two"}, TWO)
    assert len(walk.case.scopes) == 1
    types = walk.tell(c.SkipStage("p3", "surat"))
    assert "branches_left" in types
    assert walk.case.scopes == {}
    assert walk.case.stage == "p4"


def test_a_join_that_needs_any_branch_drops_what_was_forked_inside_the_others(ok_oce):
    inner = {
        "inner": {"fork": {"x": "one", "y": "two"}},
        "inner_meet": {"join": {"of": "inner"}, "then": [{"go": "meet"}]},
        "one": task(done={"go": "inner_meet"}),
        "two": task(done={"go": "inner_meet"}),
        "three": task(done={"go": "meet"}),
    }
    walk = begun(ok_oce, {"a": "inner", "b": "three"}, inner, needs="any")
    assert len(walk.case.scopes) == 2
    walk.person("p3.three", "done")
    assert walk.case.scopes == {}
    assert walk.steps() == {"p3.readiness"}


def test_branches_that_meet_close_what_was_open_where_they_waited(ok_oce):
    walk = begun(ok_oce, {"a": "one", "b": "two"}, TWO)
    walk.person("p3.one", "done")
    walk.tell(c.RaiseIncident("action_failed", walk.at("p3.meet").id))
    walk.person("p3.two", "done")
    assert (walk.steps(), walk.open_incidents()) == ({"p3.readiness"}, [])


def findings(definition):
    actions = {name: ActionSpec(kind.gives, kind.needs) for name, kind in registry().items()}
    contracts = {name: ContractSpec(kind.outcomes, kind.facts) for name, kind in KINDS.items()}
    return " | ".join(found.message for found in check(Loaded(definition.bundle, [], Source()), actions, contracts))


def test_branches_that_meet_at_their_join_are_in_order(ok_oce):
    said = findings(forked(ok_oce, {"a": "one", "b": "two"}, TWO))
    assert [part for part in said.split(" | ") if "never reached" not in part] == []


@pytest.mark.parametrize(
    ("steps", "needs", "says"),
    [
        ({}, 3, "p3.meet needs 3 branches, p3.split has 2"),
        ({}, 0, "p3.meet needs 0 branches, p3.split has 2"),
        ({"more_mentoring": task(done={"go": "meet"})}, "all", "p3.more_mentoring goes to p3.meet from outside p3.split"),
        ({"two": task(done={"go": "meet"}, out={"go": "readiness"})}, "all", "p3.readiness lies in a branch of p3.split and outside it"),
        (
            {"two": task(done={"go": "meet"}, out={"go": "p5.product_card"})},
            "all",
            "branch b of p3.split leaves the stage for p5.product_card",
        ),
        ({"more_mentoring": task(done={"go": "two"})}, "all", "p3.two lies in a branch of p3.split and outside it"),
        ({"two": task(done={"go": "meet"}, end={"finish": "stage"})}, "all", "p3.two ends the stage inside branch b"),
        ({"two": task(again={"go": "two"})}, "all", "branch b of p3.split never reaches p3.meet"),
        ({"again": {"join": {"of": "split"}, "then": [READY]}}, "all", "p3.again joins p3.split, as p3.meet does"),
    ],
)
def test_a_branch_begins_at_its_fork_and_ends_at_its_join(ok_oce, steps, needs, says):
    assert says in findings(forked(ok_oce, {"a": "one", "b": "two"}, TWO | steps, needs))
