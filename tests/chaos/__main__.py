"""`make chaos SECONDS=600 SEED=7`: a trial for as long as one likes; exit code 1 when anything differs."""

import argparse
import asyncio
import os
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos.report import readable
from tests.chaos.run import Trial

arguments = argparse.ArgumentParser(prog="chaos", description=__doc__)
arguments.add_argument("--seconds", type=float, default=60)
arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
arguments.add_argument("--settle", type=float, help="seconds that settling may take; three minutes and as long as the fire when not named")
arguments.add_argument("--out", type=Path, help="a new or empty folder for the report and all logs")


def main() -> None:
    """Run, print the report, say where the logs are."""
    given = arguments.parse_args()
    folder = given.out or Path(tempfile.mkdtemp(prefix="lkc"))
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("LANGKAH_SECRET_KEY", "a secret for trials only, thirty-two and more")
    print(f"seed {given.seed}, {given.seconds:.0f} s under fire; logs and report.json in {folder}", flush=True)
    report = asyncio.run(Trial(given.seconds, given.seed, folder, given.settle or 180 + given.seconds).run())
    print(readable(report))
    sys.exit(1 if report["differences"] else 0)


if __name__ == "__main__":
    main()
