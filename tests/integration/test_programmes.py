"""Publishing: what was published last is what new cases get, and which programme is meant is never guessed."""

import pytest
from sqlalchemy import text

from models.errors import Conflict, NotFound
from models.services import programmes
from models.services.actor import MACHINE


def another(definition, **changes):
    """The same bundle with something else said at its head."""
    pinned = definition.bundle.pinned.model_copy(update=changes)
    return definition.bundle.model_copy(update={"pinned": pinned})


async def published(session):
    rows = await session.execute(text("SELECT hash, published_at FROM definition"))
    return {row.hash: row.published_at for row in rows}


async def test_an_earlier_definition_that_is_published_again_is_current_again(session, programme):
    newer = await programmes.publish(session, MACHINE, another(programme, version="2018.2"))
    await session.commit()
    assert (await programmes.current(session)).hash == newer
    assert await programmes.publish(session, MACHINE, programme.bundle) == programme.hash
    assert (await programmes.current(session)).hash == programme.hash
    await programmes.publish(session, MACHINE, another(programme, version="2018.2"))
    assert (await programmes.current(session)).hash == newer, "within one transaction, too"
    assert set(await published(session)) == {programme.hash, newer}


async def test_publishing_what_is_current_again_changes_nothing(session, programme):
    await programmes.publish(session, MACHINE, another(programme, programme="ok-dua"))
    before = await published(session)
    await programmes.publish(session, MACHINE, programme.bundle)
    assert await published(session) == before


async def test_with_two_programmes_the_one_that_is_meant_must_be_named(session, programme):
    second = await programmes.publish(session, MACHINE, another(programme, programme="ok-dua"))
    with pytest.raises(Conflict, match="name one: ok-dua, ok-oce"):
        await programmes.current(session)
    assert (await programmes.current(session, "ok-oce")).hash == programme.hash
    assert (await programmes.current(session, "ok-dua")).hash == second
    with pytest.raises(NotFound):
        await programmes.current(session, "ok-tiga")
