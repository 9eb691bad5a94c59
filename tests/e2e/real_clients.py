#!/usr/bin/env python3
"""Two public FHIR clients (npm fhir-kit-client, fhirclient; pinned in tests/clients) call everything they offer."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

from harness import ROOT, Server

FOLDER = ROOT / "tests/clients"


def installed():
    """Once per lockfile; the mark is laid last, so an interrupted fetch is done again."""
    mark = FOLDER / "node_modules/.fetched"
    if mark.exists() and mark.stat().st_mtime >= (FOLDER / "package-lock.json").stat().st_mtime:
        return True
    fetched = subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=FOLDER)
    if fetched.returncode == 0:
        mark.touch()
    return fetched.returncode == 0


def tally(lines):
    failed = []
    for line in lines:
        if line.startswith("FAILED "):
            what, _, why = line[len("FAILED "):].partition(": ")
            failed.append({"id": what, "what": why})
    passed = sum(line.startswith("ok ") for line in lines)
    if folder := os.environ.get("TASUKI_CONFORMANCE"):
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        text = json.dumps({"suite": "real-clients", "passed": passed, "failed": failed, "exceptions": []}, ensure_ascii=False)
        (pathlib.Path(folder) / "real-clients.json").write_text(text + "\n", encoding="utf-8")
    return passed, failed


def main():
    if shutil.which("node") is None or not installed():
        print("SKIP real clients: node or the registry is not reachable")
        return 0
    with Server() as server:
        headers = server.sign_in()
        run = subprocess.run(["node", "clients.mjs", f"{server.address}/fhir", headers["Cookie"]],
                             cwd=FOLDER, capture_output=True, text=True, timeout=120)
    passed, failed = tally(run.stdout.splitlines())
    print("\n".join(line for line in run.stdout.splitlines() if not line.startswith("ok ")), run.stderr[-2000:], sep="")
    print(f"{passed} checks passed, {len(failed)} failed")
    return 1 if failed or run.returncode != 0 or passed < 30 else 0


if __name__ == "__main__":
    sys.exit(main())
