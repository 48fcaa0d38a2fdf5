"""What a sandbox partner answers: mostly good news, sometimes work for somebody, the same for the same key."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any


@dataclass(slots=True)
class Faults:
    """How badly the partners behave. Shares are between 0 and 1, times in seconds."""

    latency: float = 0.0
    loss_before: float = 0.0
    loss_after: float = 0.0
    duplicates: float = 0.0
    answer_after: float = 2.0
    wrong_signature: float = 0.0
    forced: dict[str, str] = field(default_factory=dict)


OUTCOMES: dict[str, list[tuple[int, str, str]]] = {
    "enrolment": [(100, "completed", "enrolled")],
    "licence_application": [(78, "completed", "issued"), (16, "returned", "returned"), (6, "completed", "refused")],
    "product_listing": [(85, "completed", "listed"), (15, "completed", "declined")],
    "loan_referral": [
        (60, "completed", "approved"),
        (25, "returned", "more_information"),
        (15, "completed", "declined"),
    ],
    "disbursement": [(100, "completed", "disbursed")],
    "*": [(97, "completed", "delivered"), (3, "rejected", "undeliverable")],
}


# What a partner writes to those who have to mend something; a refusal tells its reason too.
REASONS = {
    "returned": "Foto tempat usaha tidak jelas; mohon kirim foto yang baru",
    "refused": "Lokasi usaha tidak sesuai dengan peruntukan zona",
    "more_information": "Mohon lengkapi catatan penjualan tiga bulan terakhir",
    "declined": "Omzet belum mencukupi untuk pinjaman ini",
}


def dice(key: str, salt: str) -> float:
    """A number in [0, 1) that is always the same for a key."""
    return int(hashlib.sha256(f"{salt}:{key}".encode()).hexdigest()[:12], 16) / 16**12


def answer_for(order: dict[str, Any], faults: Faults) -> dict[str, Any]:
    """The answer to an order, as the contract's Answer."""
    message = str(order["message"])
    table = OUTCOMES.get(message, OUTCOMES["*"])
    forced = faults.forced.get(message)
    if forced:
        status, outcome = next(((s, o) for rows in OUTCOMES.values() for _, s, o in rows if o == forced), ("completed", forced))
    else:
        place, total = dice(order["key"], "outcome") * 100, 0
        status, outcome = table[-1][1:]
        for share, candidate, word in table:
            total += share
            if place < total:
                status, outcome = candidate, word
                break
    return {
        "handoff": order["handoff"],
        "attempt": order.get("attempt"),
        "status": status,
        "outcome": outcome,
        "facts": _facts(outcome, order),
        "reason": REASONS.get(outcome),
        "occurred_at": datetime.now(UTC).isoformat(),
    }


def _facts(outcome: str, order: dict[str, Any]) -> dict[str, Any]:
    number, payload = order["key"][:8].upper(), order["payload"]
    today = date.fromisoformat(payload.get("ordered_on") or date.today().isoformat())
    if outcome == "issued":
        office = str(payload.get("office") or "")
        return {
            "licence_type": "IUMK",
            "licence_number": f"IUMK-{number}",
            "licence_issuer": f"PTSP {office}".strip(),
            "licence_issued_on": today.isoformat(),
            "licence_until": (today + timedelta(days=5 * 365)).isoformat(),
        }
    if outcome == "approved":
        return {"approved_amount": payload.get("loan_amount") or 0, "approved_tenor": payload.get("loan_tenor") or 0}
    if outcome == "disbursed":
        return {"disbursed_on": today.isoformat()}
    return {}
