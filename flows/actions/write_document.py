"""Issue a document of the case: a certificate, an application packet, a letter of recommendation.

The journal keeps that and when it was issued; the PDF is drawn from the case when somebody opens it (services/documents),
so that a thousand certificates cost nothing and no copy of personal data lies about.
"""

from collections.abc import Sequence
from typing import Any

from flows.actions.registry import Item, Outcome, Work
from models.definitions.schema import Text

GIVES = {"{document}_written", "{document}_on"}
NEEDS: dict[str, Any] = {"document": str, "title": Text}


async def run(work: Work, items: Sequence[Item]) -> dict[str, Outcome]:
    """Give the facts `<document>_written` and `<document>_on` (ISO date)."""
    day = work.definition.calendar.local_date(work.now).isoformat()
    outcomes = {}
    for item in items:
        name = str(item.parameters["document"])
        outcomes[item.case.id] = Outcome(facts={f"{name}_written": True, f"{name}_on": day})
    return outcomes
