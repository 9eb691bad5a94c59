#!/usr/bin/env python3
"""The demo region, sent in through the real interfaces, then looked at in a real browser (web/tests/e2e/care.mjs)."""
import os
import subprocess
import sys

from harness import DEMO, ROOT, Checks, Server


def total(server, headers):
    status, _, body = server.request("GET", "/fhir/_history?_count=1", headers=headers)
    return (status, body.get("total"), body.get("entry", [{}])[0].get("resource", {}).get("meta", {}).get("lastUpdated"))


def send(server, region):
    subprocess.run([sys.executable, str(ROOT / "demo/send.py"), "--region", str(region), "--ssmix2",
                    str(server.folder / "ssmix2"), "--address", server.address,
                    *[f"--feed={feed}={port}" for feed, port in server.mllp.items()]], check=True)


def main():
    checks = Checks()
    pictures = ROOT / "build/screenshots"
    pictures.mkdir(parents=True, exist_ok=True)
    with Server() as server:
        region = server.folder / "region"
        subprocess.run([DEMO, "--people", "30", "--out", str(region)], check=True, stdout=subprocess.DEVNULL)
        send(server, region)
        headers = server.sign_in()
        first = total(server, headers)
        send(server, region)
        checks.that(first[0] == 200 and first == total(server, headers), f"a second pass makes no new version: {first}, {total(server, headers)}")
        node = subprocess.run([str(ROOT / "tools/node/find.sh")], check=True, capture_output=True, text=True).stdout.strip()
        seen = subprocess.run([node, str(ROOT / "web/tests/e2e/care.mjs"), server.address, str(pictures)])
        checks.that(seen.returncode == 0, "the browser walk")
    return checks.done()


if __name__ == "__main__":
    sys.exit(main())
