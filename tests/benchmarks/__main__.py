"""Runs every benchmark: `python -m tests.benchmarks`, or some of them by name."""

import importlib
import sys
from pathlib import Path


def main() -> None:
    """Each module `bench_*` has a `main` that prints."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    wanted = {f"bench_{name.removeprefix('bench_')}" for name in sys.argv[1:]}
    for name in names:
        if wanted and name not in wanted:
            continue
        print(f"--- {name}")
        importlib.import_module(f"tests.benchmarks.{name}").main()


if __name__ == "__main__":
    main()
