"""How much a set-based batch gains over one transition at a time, as a ratio measured in one run: make bench."""

import time

from models.engine.commands import CorrectData
from models.services import batch, cases
from models.services.actor import MACHINE
from tests.people import now, person, register

CASES, REPEATS = 300, 3


async def test_a_batch_against_one_by_one(session, programme):
    opened = await register(session, programme, *[person(n) for n in range(1, CASES + 1)])
    moment = await now(session)
    ratios = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        for case in opened[:60]:
            await cases.execute(session, MACHINE, case.id, CorrectData(("phone",)), moment)
            await session.commit()
        single = 60 / (time.perf_counter() - began)
        began = time.perf_counter()
        await batch.carry(session, MACHINE, {case.id: [CorrectData(("phone",))] for case in opened}, moment)
        await session.commit()
        ratios.append(CASES / (time.perf_counter() - began) / single)
    print(f"\nbatch of {CASES} / one by one: {sorted(ratios)[REPEATS // 2]:.1f} x (median of {REPEATS})")
    assert sorted(ratios)[REPEATS // 2] > 1
