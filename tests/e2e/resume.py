#!/usr/bin/env python3
"""resume.py: long work is killed with SIGKILL in its middle and goes on after the start.

$import goes on where it stopped; $export gives what stood when it was asked for, also when its files are fetched from
another life of the program; a walk that indexes for a new search parameter ends with everything found.
"""
import http.client
import json
import sys
import time
from urllib.parse import urlsplit

from harness import Checks, Server

LINES = 20_000  # observations about nobody: no person has to be looked for
WAIT = 120


def line(number, **more):
    return json.dumps({"resourceType": "Observation", "id": f"o{number}", "status": "final", "code": {"text": "試験"},
                       "method": {"coding": [{"system": "urn:m", "code": "odd" if number % 2 else "even"}]},
                       "note": [{"text": "長い注記。" * 60}], **more},
                      ensure_ascii=False)


def begin(server, headers, method, path, body=None, **more):
    status, answer, text = server.request(method, path, body, {**headers, "Prefer": "respond-async", **more})
    if status != 202:
        raise RuntimeError(f"{path}: {status} {text}")
    return urlsplit(answer["Content-Location"]).path


def poll(server, headers, job):
    """(progress, None) while it runs, then (None, manifest)"""
    status, answer, body = server.request("GET", job, headers=headers)
    if status == 202:
        return answer["X-Progress"], None
    if status != 200:
        raise RuntimeError(f"{job}: {status} {body}")
    return None, body


def finish(server, headers, job):
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        _, manifest = poll(server, headers, job)
        if manifest:
            return manifest
        time.sleep(0.05)  # as Retry-After has a client do
    raise RuntimeError(f"{job} does not end")


def kill_and_start(server):
    server.kill()
    server.start()
    return server.sign_in()


def done_of(progress):
    words = (progress or "").split()
    return int(words[0]) if words and words[0].isdigit() else 0


def check_import(server, headers, checks):
    text = "\n".join(line(n) if n != 777 else '{"resourceType": "Observatoin"}' for n in range(LINES)).encode()
    job = begin(server, headers, "POST", "/fhir/$import", text, **{"Content-Type": "application/fhir+ndjson"})
    kills = 0
    deadline = time.monotonic() + WAIT
    manifest = None
    while manifest is None and time.monotonic() < deadline:
        time.sleep(0.05)
        progress, manifest = poll(server, headers, job)
        if kills < 3 and done_of(progress) > LINES // 5 * (kills + 1):
            headers = kill_and_start(server)
            kills += 1
    checks.that(kills > 0, "the import was killed while it ran")
    checks.that(manifest and manifest["created"] + manifest["updated"] + manifest["unchanged"] == LINES - 1,
                f"every line counts once: {manifest}")
    # From the beginning, all that stood at the last kill, more than half, would have come by again.
    checks.that(manifest and manifest["unchanged"] < LINES // 2, f"it went on where it stopped: {manifest}")
    checks.that(manifest and manifest["failed"] == 1 and len(manifest["error"]) == 1, f"the refused line is told: {manifest}")
    errors = server.request("GET", urlsplit(manifest["error"][0]["url"]).path, headers=headers)[2]
    checks.that("line 778" in json.dumps(errors), f"with its number: {errors}")
    print(f"import: {kills} kills, {manifest}")
    total = server.request("GET", "/fhir/Observation?_summary=count", headers=headers)[2]["total"]
    checks.that(total == LINES - 1, f"{total} stand")
    return headers


def fetch(server, headers, url, stop_after=None):
    """The bytes of a file; with stop_after, the server is killed when so many have come."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", urlsplit(url).path, headers=headers)
    answer, text = connection.getresponse(), b""
    try:
        while part := answer.read1(65536):
            text += part
            if stop_after is not None and len(text) >= stop_after:
                server.kill()
                stop_after = None
    except (OSError, http.client.HTTPException):
        return None  # cut off, and seen to be
    return text


def check_export(server, headers, checks):
    job = begin(server, headers, "GET", "/fhir/$export?_type=Observation")
    headers = kill_and_start(server)  # as soon as it was accepted
    manifest = finish(server, headers, job)
    urls = [file["url"] for file in manifest["output"]]
    whole = [fetch(server, headers, url) for url in urls]
    ids = [json.loads(row)["id"] for text in whole for row in text.decode().splitlines()]
    checks.that(len(ids) == LINES - 1 and len(set(ids)) == len(ids), f"{len(ids)} exported, {len(set(ids))} different")

    cut = fetch(server, headers, urls[0], stop_after=len(whole[0]) // 3)
    checks.that(cut is None, "a file that was cut off is seen to be")
    server.start()
    headers = server.sign_in()
    server.request("PUT", "/fhir/Observation/o1", json.loads(line(1, issued="2026-11-26T10:00:00+09:00")), headers)
    server.request("DELETE", "/fhir/Observation/o2", headers=headers)
    again = [fetch(server, headers, url) for url in urls]
    checks.that(again == whole, "the same bytes after a kill and later writes")
    return headers


def reindexed(server, headers):
    body = server.request("GET", "/fhir/$reindex", headers=headers)[2]
    parts = [p for p in body.get("parameter", [])
             if any(part.get("valueUri") == "http://example.org/how" for part in p.get("part", []))]
    return parts and any(part.get("valueBoolean") for part in parts[0]["part"]), body


def check_reindex(server, headers, checks):
    parameter = {"resourceType": "SearchParameter", "id": "how", "url": "http://example.org/how", "name": "How",
                 "status": "active", "description": "d", "code": "how", "base": ["Observation"], "type": "token",
                 "expression": "Observation.method"}
    status, _, body = server.request("PUT", "/fhir/SearchParameter/how", parameter, headers)
    checks.that(status == 201, f"search parameter: {status} {body}")
    kills = 0
    deadline = time.monotonic() + WAIT
    ready = False
    while not ready and time.monotonic() < deadline:
        ready, body = reindexed(server, headers)
        if not ready and kills < 3:
            time.sleep(0.1)  # into the walk
            headers = kill_and_start(server)
            kills += 1
    checks.that(kills > 0, "the walk was killed while it ran")
    checks.that(ready, f"the walk ends: {body}")
    odd = server.request("GET", "/fhir/Observation?how=odd&_summary=count", headers=headers)[2]
    checks.that(odd.get("total") == LINES // 2 - 1, f"all are found by it: {odd}")  # 777 was refused
    return headers


def main():
    checks = Checks()
    with Server() as server:
        headers = check_import(server, server.sign_in(), checks)
        headers = check_export(server, headers, checks)
        check_reindex(server, headers, checks)
    return checks.done()


if __name__ == "__main__":
    sys.exit(main())
