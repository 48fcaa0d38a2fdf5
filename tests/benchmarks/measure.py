"""What a benchmark returns, and how it repeats two things in turn so that noise hits both."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure beside its baseline; `ratio` is value / baseline, whatever the unit."""

    name: str
    unit: str
    value: float
    baseline_name: str
    baseline: float
    n: int
    repeats: int

    def as_json(self) -> dict[str, Any]:
        """The shape that `langkah bench --json` prints."""
        values = asdict(self)
        baseline = {"name": values.pop("baseline_name"), "value": values.pop("baseline")}
        return values | {"baseline": baseline, "ratio": round(self.ratio, 4)}

    @property
    def ratio(self) -> float:
        """Value over baseline."""
        return self.value / self.baseline if self.baseline else 0.0


Work = Callable[[], Awaitable[int]]


async def rate(work: Work) -> float:
    """Things a second; `work` returns how many it did."""
    began = time.perf_counter()
    done = await work()
    return done / (time.perf_counter() - began)


async def side_by_side(repeats: int, *works: Work) -> list[float]:
    """The median rate of each, measured in turn: A, B, A, B … so that a busy minute slows both."""
    rates: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for place, work in enumerate(works):
            rates[place].append(await rate(work))
    return [statistics.median(found) for found in rates]


async def milliseconds(work: Callable[[], Awaitable[Any]], times: int) -> float:
    """The median duration of one call in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
