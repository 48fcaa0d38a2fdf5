"""What a check of a definition knows and how it tells what it found; the rules stand in checks.py and check_forks.py."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import process

from models.definitions.definition import Definition
from models.definitions.loader import Finding, Path_
from models.definitions.schema import Go


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """What an action gives, and the parameters that it needs with their types; one that may be None may be left out."""

    gives: frozenset[str]
    needs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ContractSpec:
    """The outcomes of a partner contract by message, and the facts that its answers bring."""

    outcomes: Mapping[str, frozenset[str]]
    facts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Checking:
    """One check's view of a definition."""

    definition: Definition
    actions: Mapping[str, ActionSpec]
    contracts: Mapping[str, ContractSpec]
    place: Callable[[Path_], tuple[str, int]]
    roles: frozenset[str] = frozenset()

    def step_path(self, name: str) -> Path_:
        """Where a step stands in the bundle."""
        stage, _, step = name.partition(".")
        return ("pinned", "stages", self.definition.stage_order[stage], "steps", step)

    def found(self, path: Path_, message: str, hint: str = "", warning: bool = False) -> Finding:
        """A finding at a path."""
        file, line = self.place(path)
        return Finding(file, line, message, hint, warning)

    def targets(self, name: str) -> Iterator[tuple[str | None, Go, str | None]]:
        """The ways out of a step with the full name of where they go; `after_that` is a way of its own."""
        stage = name.split(".")[0]
        for outcome, way in self.definition.steps[name].ways():
            for each in (way, way.after_that):
                if each is not None:
                    yield outcome, each, self.definition.target_of(stage, each.go) if each.go else None

    def next_steps(self, name: str) -> list[str]:
        """The steps to which a step may go; names that are no step are left out."""
        return [target for _, _, target in self.targets(name) if target in self.definition.steps]

    def reached(self, starts: list[str], stop: str) -> set[str]:
        """All steps that are reached from `starts` without passing through `stop`."""
        seen, ahead = set[str](), [name for name in starts if name in self.definition.steps]
        while ahead:
            name = ahead.pop()
            if name not in seen and name != stop:
                seen.add(name)
                ahead += self.next_steps(name)
        return seen


def near(wrong: str, known: Iterable[str]) -> str:
    """A hint for a name that nobody knows: the one that was meant, or those that there are."""
    names = list(known)
    best = process.extractOne(wrong, names, score_cutoff=60)
    return f"did you mean {best[0]}?" if best else f"known are {', '.join(names[:8])}"
