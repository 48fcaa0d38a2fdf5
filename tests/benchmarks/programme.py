"""A programme that only costs time: ten steps for people, then ten for the machine, then the end."""

from pathlib import Path

from models.definitions.definition import Definition
from models.definitions.loader import load

HUMAN, AUTOMATED = 10, 10
TRANSITIONS = 1 + HUMAN + AUTOMATED

_PROGRAMME = """
programme: bench
version: "1"
effective_from: 2017-12-01
number_prefix: BEN
name: {id: Ukur, en: Bench}
stages: [s1, s2]
target: {name: {id: Selesai, en: Done}, count: 10000, date: 2018-03-31}
calendar: {country: ID, categories: [public, government], time_zone: Asia/Jakarta, weekend: [5, 6], day_ends: "16:00"}
groups:
  desk: {name: {id: Meja, en: Desk}, role: stage_owner, stages: [s1]}
queues:
  s1: {name: {id: Meja, en: Desk}, group: desk, stage: s1}
partners: {}
retention_months: 60
"""
_FORMS = """
answer:
  title: {id: Jawaban, en: Answer}
  fields:
    - {name: seen, type: yes_no, required: true, label: {id: Dilihat, en: Seen}}
    - {name: amount, type: number, min: 0, max: 100, label: {id: Jumlah, en: Amount}}
"""
_AREAS = """
"31.71":
  name: Jakarta Pusat
  districts:
"""


def bench_programme(folder: Path) -> Definition:
    """Write the bundle into a folder and load it."""
    human = "".join(_human(n) for n in range(1, HUMAN + 1))
    machine = "".join(_automated(n) for n in range(1, AUTOMATED + 1))
    districts = "".join(_district(n) for n in range(1, 45))
    texts = {
        "programme": _PROGRAMME,
        "s1": f"stage: s1\nname: {{id: Orang, en: People}}\nowner: desk\nenter: w01\nsteps:\n{human}",
        "s2": f"stage: s2\nname: {{id: Mesin, en: Machine}}\nowner: desk\nenter: a01\nsteps:\n{machine}",
        "forms": _FORMS,
        "messages": "{}\n",
        "words": "{}\n",
        "areas": _AREAS + districts,
        "intake": "evidence: []\n",
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in texts.items():
        (folder / f"{name}.yaml").write_text(body)
    loaded = load(folder)
    if loaded.bundle is None:
        raise ValueError([str(finding) for finding in loaded.findings])
    return Definition(loaded.bundle)


def _human(n: int) -> str:
    go = f"go: w{n + 1:02d}" if n < HUMAN else "finish: stage"
    return (
        f"  w{n:02d}:\n    ask: {{id: Langkah {n}, en: Step {n}}}\n    form: answer\n"
        "    deadline: {within: 5 working days, then: escalate}\n"
        f"    outcomes:\n      done: {{name: {{id: Selesai, en: Done}}, {go}}}\n"
    )


def _automated(n: int) -> str:
    go = f"go: a{n + 1:02d}" if n < AUTOMATED else "finish: stage"
    return (
        f"  a{n:02d}:\n    name: {{id: Mesin {n}, en: Machine {n}}}\n    do: derive_facts\n"
        f"    with: {{facts: {{f{n:02d}: \"'{n}'\"}}}}\n    then:\n      - {{{go}}}\n"
    )


def _district(n: int) -> str:
    return f'    "31.71.{n:02d}":\n      name: Kecamatan {n}\n      villages:\n        "31.71.{n:02d}.1001": Desa {n}\n'
