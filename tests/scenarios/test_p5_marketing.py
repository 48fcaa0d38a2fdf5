"""P5: the product card, curation, a channel, consignment and the first sale."""

from tests.people import differences
from tests.scenarios.walk import Walk

CARD = {"product_name": "Keripik", "product_kind": "food", "product_price": "Rp 15.000"}
FIT = {"packaging_ok": True, "label_ok": True}


async def test_a_product_is_curated_listed_consigned_and_sold(session, programme):
    walk = await Walk.beginning_at(session, programme, "p5")
    await walk.do("p5.product_card", "filled", **CARD)
    await walk.do("p5.curation", "improve", **FIT | {"packaging_ok": False})
    await walk.wait("p5.improve_packaging")
    await walk.do("p5.curation", "fit", **FIT)
    assert (await walk.case()).facts["channels"] == ["gerai", "bazaar"]
    await walk.partner("p5.list_product", "listed")
    await walk.do("p5.consign", "delivered", consigned_pieces=20)
    await walk.participant("first_sale", "sold")
    assert (await walk.case()).stage == "p6"
    assert await differences() == []


async def test_no_sale_within_a_month_asks_the_officer(session, programme):
    walk = await Walk.beginning_at(session, programme, "p5")
    await walk.do("p5.product_card", "filled", **CARD)
    await walk.do("p5.curation", "fit", **FIT)
    await walk.partner("p5.list_product", "listed")
    await walk.do("p5.consign", "delivered", consigned_pieces=20)
    await walk.wait("p5.first_sale")
    await walk.do("p5.ask_seller", "other_channel")
    assert await walk.at() == {"p5.product_card"}


async def test_a_channel_that_declines_leads_back_to_the_packaging(session, programme):
    walk = await Walk.beginning_at(session, programme, "p5")
    await walk.do("p5.product_card", "filled", **CARD)
    await walk.do("p5.curation", "fit", **FIT)
    await walk.partner("p5.list_product", "declined")
    assert await walk.at() == {"p5.improve_packaging"}
