"""Rules hold, are broken, or cannot be judged because nobody has recorded what they read."""

from flows.actions import evaluate_rules
from flows.actions.registry import Item, Work
from models.engine import commands as c
from tests.unit.walk import MONDAY, Walk

PROVEN = tuple(c.Evidence(stage, "surat") for stage in ("p1", "p2", "p3"))


async def judged(ok_oce, **facts):
    """A case before the eligibility check of P4, and what the action finds."""
    walk = Walk(ok_oce, evidence=PROVEN, facts={"has_phone": True} | facts)
    walk.machine("p4.check_papers", missing_count=0)
    item = Item(walk.case, walk.at("p4.check_eligibility"), ok_oce.steps["p4.check_eligibility"].with_)
    found = await evaluate_rules.run(Work(None, ok_oce, MONDAY), [item])
    return walk, found[walk.case.id].facts


async def test_what_nobody_has_recorded_is_unknown_not_broken_and_is_asked(ok_oce):
    walk, found = await judged(ok_oce)
    assert (found["passed"], found["reasons"]) == (False, [])
    assert found["unknown"] == ["zone_allowed", "floor_allowed", "has_tax_number"]
    walk.machine("p4.check_eligibility", **found)
    assert walk.steps() == {"p4.ask_premises"}
    walk.person("p4.ask_premises", "answered", zone="permitted", premises="home", has_npwp=True)
    assert walk.steps() == {"p4.check_eligibility"}


async def test_a_rule_that_needs_only_what_is_known_is_judged(ok_oce):
    _, found = await judged(ok_oce, zone="permitted", premises="home", has_npwp=False)
    assert (found["passed"], found["reasons"], found["unknown"]) == (False, ["has_tax_number"], [])


async def test_all_known_and_right_passes(ok_oce):
    walk, found = await judged(ok_oce, zone="permitted", premises="rusun", floor=1, has_npwp=True)
    assert (found["passed"], found["reasons"], found["unknown_count"]) == (True, [], 0)
    walk.machine("p4.check_eligibility", **found)
    assert walk.steps() == {"p4.packet"}
