"""A trial's report for people."""

from typing import Any


def readable(report: dict[str, Any]) -> str:
    """The report in some lines: what was killed, what went through, how fast it was taken over, what differs.

    Net seconds are those in which database, Prefect and any worker were there.
    """

    def row(values: dict[str, Any]) -> str:
        return ", ".join(f"{str(name).replace('_', ' ')} {value}" for name, value in values.items())

    lines = [
        f"seed          {report['seed']}",
        f"seconds       {row(report['times'])}",
        f"kills         {row(report['kills'])}",
        f"went through  {row(report['numbers'])}",
        f"HTTP answers  {row(report['http_answers'])}",
        f"taken over    {row(report['takeover_seconds'])} (net seconds from SIGKILL)",
        f"runs marked   {row(report['runs_marked_seconds'])} (the same, to Crashed in Prefect)",
    ]
    differences = [f"  {name}: {one}" for name, wrong in report["differences"].items() for one in wrong]
    return "\n".join([*lines, "differences   " + ("" if differences else "none"), *differences])
