#!/usr/bin/env python3
"""kill.py --rounds N: the server is killed with SIGKILL at random moments under load and started again.

Three kinds of sender run meanwhile, each repeating what was not acknowledged, as real systems do: HL7 v2 messages
over MLLP, conditional creates over REST, and updates over REST. At the end: everything acknowledged is there,
nothing is there twice. A round that killed an idle server proves nothing, so a round without traffic fails.
"""
import argparse
import random
import sys
import threading
import time

from harness import Checks, Mllp, Server

SYSTEM = "urn:oid:1.2.392.100495.20.3.51.11310000001"
LOST = (OSError, ConnectionError, EOFError)


class Sender(threading.Thread):
    """Repeats its n-th piece of work until it is acknowledged, then goes on; survives the server's death."""

    def __init__(self, server, headers, name):
        super().__init__(daemon=True)
        self.server, self.headers, self.label = server, headers, name
        self.acknowledged, self.problem = 0, None
        self.stopping, self.up = threading.Event(), threading.Event()
        self.up.set()

    def run(self):
        while not self.stopping.is_set():
            self.up.wait()
            try:
                self.once(self.acknowledged)
                self.acknowledged += 1
            except LOST:
                self.reset()
                time.sleep(0.005)  # the server is dead: nothing can be waited for but its return
            except AssertionError as problem:
                self.problem = str(problem)
                return

    def reset(self):
        pass


class Messages(Sender):
    line = None

    def once(self, n):
        self.line = self.line or Mllp(self.server.mllp["minato-hosp"])
        number = f"{self.label}{n:06}"
        message = "\r".join([
            f"MSH|^~\\&|EMR|1310000001|TASUKI|TASUKI|20261101090000||ADT^A08^ADT_A01|{number}|P|2.5||||||UNICODE UTF-8",
            "EVN|A08|20261101090000",
            f"PID|1||{number}^^^^PI||試験^{number}^^^^^L^I~シケン^タロウ^^^^^L^P||19800203|M",
            "PV1|1|N", ""]).encode()
        answer = self.line.send(message)
        assert b"MSA|AA|" in answer or b"MSA|CA|" in answer, f"message {number}: {answer!r}"

    def reset(self):
        self.line = None


class Creates(Sender):
    def once(self, n):
        number = f"{self.label}{n:06}"
        patient = {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": number}],
                   "name": [{"text": "作成 試験"}], "birthDate": "1970-01-01"}
        headers = {**self.headers, "If-None-Exist": f"identifier={SYSTEM}|{number}"}
        status, _, body = self.server.request("POST", "/fhir/Patient", patient, headers)
        assert status in (200, 201), f"create {number}: {status} {body}"


class Updates(Sender):
    def once(self, n):
        patient = {"resourceType": "Patient", "id": self.label, "name": [{"text": f"更新 {n}"}], "birthDate": "1970-01-01"}
        status, _, body = self.server.request("PUT", f"/fhir/Patient/{self.label}", patient, self.headers)
        assert status in (200, 201), f"update {n}: {status} {body}"


def found(server, headers, number):
    status, _, body = server.request("GET", f"/fhir/Patient?identifier={SYSTEM}%7C{number}", headers=headers)
    return len(body.get("entry", [])) if status == 200 else -1


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = arguments.parse_args()
    print("seed", options.seed)
    chance, checks = random.Random(options.seed), Checks()

    with Server() as server:
        headers = server.sign_in()
        senders = ([Messages(server, headers, f"M{i}X") for i in range(4)] +
                   [Creates(server, headers, f"C{i}X") for i in range(4)] + [Updates(server, headers, f"u{i}") for i in range(2)])
        for sender in senders:
            sender.start()
        for round_number in range(options.rounds):
            before = sum(sender.acknowledged for sender in senders)
            time.sleep(chance.uniform(0.05, 0.6))  # the random moment
            server.kill()
            server.start()
            while sum(sender.acknowledged for sender in senders) == before and all(s.is_alive() for s in senders):
                time.sleep(0.01)
            checks.that(all(sender.problem is None for sender in senders),
                        f"round {round_number}: {[s.problem for s in senders if s.problem]}")
        for sender in senders:
            sender.stopping.set()
        for sender in senders:
            sender.join(30)
        server.kill()
        server.start()

        for sender in senders[:8]:
            numbers = [f"{sender.label}{n:06}" for n in range(sender.acknowledged)]
            counts = [found(server, headers, number) for number in numbers]
            checks.that(counts and all(count == 1 for count in counts),
                        f"{sender.label}: {counts.count(0)} of {len(counts)} lost, {sum(c > 1 for c in counts)} doubled")
        for sender in senders[8:]:
            _, _, now = server.request("GET", f"/fhir/Patient/{sender.label}", headers=headers)
            seen = int(now["name"][0]["text"].split()[1])
            checks.that(sender.acknowledged - 1 <= seen <= sender.acknowledged,
                        f"{sender.label}: acknowledged {sender.acknowledged - 1}, stands at {seen}")
        print(f"{options.rounds} kills, {sum(s.acknowledged for s in senders)} acknowledged")
    return checks.done()


if __name__ == "__main__":
    sys.exit(main())
