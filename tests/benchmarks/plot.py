"""Draw how figures grow with the number of cases: `python -m tests.benchmarks.plot RESULTS.jsonl … > docs/performance.svg`.

Each file holds the lines of one `langkah bench --json --cases N`.
"""

import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, EDGE = 260, 170, 46
SHOWN = {
    "task_list": "First page of a queue, ms",
    "week_figures": "One week's figures, ms",
    "memory_work": "Worker's memory, MB",
    "memory_serve": "Web process's memory, MB",
}


def main(paths: list[str]) -> str:
    """One small chart a figure: ours as a line with dots, the limit dashed; cases on a logarithmic axis from 4 k to 400 k."""
    points: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    for path in paths:
        for line in Path(path).read_text().splitlines():
            figure: dict[str, Any] = json.loads(line)
            if figure["name"] in SHOWN:
                points[figure["name"]].append((figure["n"], figure["value"], figure["baseline"]["value"]))
    charts = [_chart(place, SHOWN[name], sorted(found)) for place, (name, found) in enumerate(points.items())]
    across = (WIDTH + EDGE) * len(charts) + EDGE
    style = "text{font:11px sans-serif;fill:#333} .t{font-weight:600}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across} {HEIGHT + 2 * EDGE}" width="{across}" role="img">'
        f"<title>How figures grow with the number of cases</title><style>{style}</style>{''.join(charts)}</svg>"
    )


def _chart(place: int, title: str, found: list[tuple[int, float, float]]) -> str:
    left, highest = EDGE + place * (WIDTH + EDGE), max(max(ours, limit) for _, ours, limit in found) * 1.15

    def at(n: int, value: float) -> str:
        along = (math.log10(n) - math.log10(4000)) / 2
        return f"{left + along * (WIDTH - 20):.1f},{EDGE + HEIGHT * (1 - value / highest):.1f}"

    ours = " ".join(at(n, value) for n, value, _ in found)
    limit = " ".join(at(n, value) for n, _, value in found)
    dots = "".join(f'<circle cx="{p.split(",")[0]}" cy="{p.split(",")[1]}" r="3" fill="#0b6e4f"/>' for p in ours.split())
    places = [(*at(n, value).split(","), value, n) for n, value, _ in found]
    told = "".join(f'<text x="{x}" y="{float(y) - 7:.1f}">{_short(value)}</text>' for x, y, value, _ in places)
    ticks = "".join(f'<text x="{x}" y="{EDGE + HEIGHT + 16}">{n // 1000} k</text>' for x, _, _, n in places)
    return (
        f'<text class="t" x="{left}" y="{EDGE - 16}">{title}</text>'
        f'<path d="M{left} {EDGE}V{EDGE + HEIGHT}H{left + WIDTH}" fill="none" stroke="#999"/>'
        f'<polyline points="{limit}" fill="none" stroke="#999" stroke-dasharray="4 3"/>'
        f'<polyline points="{ours}" fill="none" stroke="#0b6e4f" stroke-width="2"/>{dots}{told}{ticks}'
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


if __name__ == "__main__":
    print(main(sys.argv[1:]))
