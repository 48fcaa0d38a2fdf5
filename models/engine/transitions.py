"""The transition table as the page that people read: `python -m models.engine.transitions > docs/transitions.md`."""

from models.engine.states import TABLE


def as_markdown() -> str:
    """The table in Markdown, one row for each rule, in the order of the code."""
    lines = [
        "# What may happen to a case, a task, a hand-off",
        "",
        "Printed from `models/engine/states.py`; the engine and the buttons ask the same table.",
        "",
        "| a … that is | may be told to | by (permission) | becomes | writes |",
        "|---|---|---|---|---|",
    ]
    for rule in TABLE:
        states = ", ".join(rule.states)
        lines.append(f"| {rule.subject}: {states} | {rule.command} | {rule.permission} | {rule.becomes} | `{rule.event}` |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(as_markdown(), end="")
