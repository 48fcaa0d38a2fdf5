"""Which calls of this process are under way: a run of Prefect's that belongs to none of them has been left behind."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from prefect import tags

WORKER, TURN = "worker:", "turn:"
_numbers = count(1)
_active: dict[int, None] = {}


@contextmanager
def turn() -> Iterator[str]:
    """One call; the runs that it begins carry its tag, which is also given."""
    number = next(_numbers)
    _active[number] = None
    try:
        with tags(f"{TURN}{number}"):
            yield f"{TURN}{number}"
    finally:
        _active.pop(number, None)


def over_by_now() -> Callable[[set[str]], bool]:
    """A question about a run's tags: had its call ended when this was asked for?

    To be asked for before the runs are read: a run that was seen unfinished then, of a call that had ended, stays so.
    """
    still, next_number = set(_active), next(_numbers)

    def over(found: set[str]) -> bool:
        numbers = [int(tag.removeprefix(TURN)) for tag in found if tag.startswith(TURN)]
        return any(number < next_number and number not in still for number in numbers)

    return over
