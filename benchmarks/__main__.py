"""`make bench`: what the parts cost on this machine, as tables. Each figure is the median of repeated runs.

Each part runs in a process and with a database of its own, so that none disturbs another. Name parts to run only those:
`make bench ARGS="engine pages"`.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")

# Each part: its module, its arguments, and the database that it gets ("" for a fresh SQLite file).
PARTS: dict[str, list[tuple[str, list[str], str]]] = {
    "engine": [("engine", [], "")],
    "pages": [("pages", [], "")],
    "saving": [("saving", ["stock"], ""), ("saving", [], ""), ("saving", [], POSTGRES)],
    "report": [("report", [], "")],
    "office": [("office", [], "")],
    "portfolio": [("portfolio", [], "")],
    "transfer": [("transfer", [], "")],
    "pack": [("pack", [], "")],
    "impact": [("impact", [], ""), ("impact", [], POSTGRES)],
    "wall": [("wall", [], ""), ("wall", [], POSTGRES)],
}


def main(wanted: list[str]) -> None:
    """Run the wanted parts, or all of them, one after the other."""
    unknown = [name for name in wanted if name not in PARTS]
    if unknown:
        sys.exit(f"No such part: {', '.join(unknown)}. There are {', '.join(PARTS)}.")
    failed = [name for name in wanted or PARTS for part in PARTS[name] if not run(*part)]
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


def run(module: str, arguments: list[str], database: str) -> bool:
    """Run one part in a folder of its own that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="hubplaybook-bench-") as folder:
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "hubplaybook.settings", "LOG_LEVEL": "ERROR"}
        if database:
            environment["DATABASE_URL"] = database
        command = [sys.executable, "-m", f"benchmarks.{module}", *arguments]
        return subprocess.run(command, env=environment, cwd=Path.cwd(), check=False).returncode == 0


if __name__ == "__main__":
    main(sys.argv[1:])
