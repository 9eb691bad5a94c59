#!/usr/bin/env python3
"""Conditional creates that race: however many clients send the same thing at once, one resource comes of it.

FHIR R4 http.html#ccreate leaves races to the server; here the search and the write are one unit of work. 128 clients
on real connections send each identifier at the same moment, as POST with If-None-Exist, as conditional update and as
an entry of a transaction. 100,000 requests under TASUKI_LONG=1, else a few thousand. Tally: conditional-races.
"""
import http.client
import json
import os
import pathlib
import sys
import threading

from harness import Server

CLIENTS = 128
SYSTEM = "urn:oid:1.2.392.100495.20.3.51.11310000001"


def person(number):
    return {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": number}],
            "name": [{"family": "競争", "given": ["花子"]}]}


def post(number):
    return "POST", "/fhir/Patient", person(number), {"If-None-Exist": f"identifier={SYSTEM}|{number}"}


def put(number):
    return "PUT", f"/fhir/Patient?identifier={SYSTEM}|{number}", person(number), {}


def transaction(number):
    request = {"method": "POST", "url": "Patient", "ifNoneExist": f"identifier={SYSTEM}|{number}"}
    return "POST", "/fhir", {"resourceType": "Bundle", "type": "transaction",
                             "entry": [{"resource": person(number), "request": request}]}, {}


def form(client):
    return transaction if client % 8 == 7 else put if client % 8 == 3 else post


class Race:
    """Each client sends every identifier in turn; a barrier lets all of them go at once."""

    def __init__(self, server, headers, rounds):
        self.server, self.headers, self.rounds = server, headers, rounds
        self.start = threading.Barrier(CLIENTS)
        self.lock = threading.Lock()
        self.created = {}
        self.wrong = []
        self.sent = 0

    def number(self, index):
        return f"{index:010}"

    def client(self, which):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        try:
            for index in range(self.rounds):
                self.start.wait(300)
                number = self.number(index)
                method, path, body, more = form(which)(number)
                status, _, answer = self.server.request(method, path, body, {**self.headers, **more}, connection)
                if path == "/fhir" and status == 200:
                    status = int(answer["entry"][0]["response"]["status"][:3])
                with self.lock:
                    self.sent += 1
                    if status == 201:
                        self.created[number] = self.created.get(number, 0) + 1
                    elif status != 200 and not (method == "PUT" and status == 412):  # 127 others updated it meanwhile
                        self.wrong.append(f"{method} {path}: {status} {json.dumps(answer, ensure_ascii=False)[:300]}")
        except Exception as problem:  # the edge of a thread: told, and the others are let go
            with self.lock:
                self.wrong.append(repr(problem))
            self.start.abort()

    def run(self):
        threads = [threading.Thread(target=self.client, args=(which,)) for which in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def main():
    rounds = 782 if os.environ.get("TASUKI_LONG") else int(sys.argv[1]) if len(sys.argv) > 1 else 12
    tally = {"suite": "conditional-races", "passed": 0, "failed": [], "exceptions": []}
    with Server() as server:
        headers = server.sign_in()
        race = Race(server, headers, rounds)
        race.run()
        for index in range(rounds):
            number = race.number(index)
            _, _, found = server.request("GET", f"/fhir/Patient?identifier={SYSTEM}|{number}&_summary=count", headers=headers)
            total, created = found.get("total"), race.created.get(number, 0)
            if total == 1 and created == 1:
                tally["passed"] += 1
            else:
                tally["failed"].append({"id": number, "what": f"{total} resources, {created} answers of 201"})
    for problem in race.wrong[:5]:
        print(problem)
        tally["failed"].append({"id": "answer", "what": problem})
    if "TASUKI_CONFORMANCE" in os.environ:
        folder = pathlib.Path(os.environ["TASUKI_CONFORMANCE"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "conditional-races.json").write_text(json.dumps(tally, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{race.sent} requests of {CLIENTS} clients for {rounds} identifiers: "
          f"{tally['passed']} checks passed, {len(tally['failed'])} failed")
    return 1 if tally["failed"] or race.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
