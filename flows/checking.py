"""Checking a folder of YAML with everything that this program knows: actions, partner contracts."""

from pathlib import Path

from flows.actions.registry import registry
from integrations.kinds import KINDS
from models.definitions.checks import ActionSpec, ContractSpec, check
from models.definitions.loader import Finding, load
from models.services.actor import Role


def check_folder(folder: Path) -> list[Finding]:
    """All findings of a definition, errors first."""
    actions = {name: ActionSpec(kind.gives, kind.needs) for name, kind in registry().items()}
    contracts = {name: ContractSpec(kind.outcomes, frozenset(kind.facts)) for name, kind in KINDS.items()}
    return sorted(
        check(load(folder), actions, contracts, frozenset(role.value for role in Role)),
        key=lambda found: (found.warning, found.file, found.line),
    )
