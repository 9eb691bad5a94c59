#!/usr/bin/env python3
"""faults.py --faults N: N times the system under the server fails; whatever goes wrong, what was acknowledged is there, once.

Four hospitals' lines send patients and laboratory results, and a client creates patients over REST, each with a ledger
of its own: what it was promised, written down before the next thing is said. They send late, twice, under a used
control id, or fall silent in the middle of a message. Meanwhile the system under the server fails
(faulty_system.cpp): it dies at a system call, tears a write, loses what was not synced, has no room, refuses to sync.
Every LIVES_A_JUDGEMENT lives the server is started in peace and the ledgers are held against its record.

--seed repeats the choices, though not the moments of the threads.
"""
import argparse
import collections
import http.client
import os
import random
import signal
import sys
import threading
import time
import zlib

from harness import ROOT, Checks, Mllp, Server

LIBRARY = os.environ.get("TASUKI_FAULTY_SYSTEM", str(ROOT / "build/dev/tests/libfaulty_system.so"))
SYSTEM = "urn:oid:1.2.392.100495.20.3.51.11310000001"
LIVES_A_JUDGEMENT = 20
CALLS_MAX = 1200  # a life ends within so many system calls: some tens of messages
PATIENCE = 90  # seconds until somebody gets further, or the server is stuck
LOST = (OSError, EOFError, http.client.HTTPException)


class Ledger:
    """What one sender was promised: lines of a file, as a sender that may die itself keeps them."""

    def __init__(self, path):
        self.file = open(path, "w", encoding="utf-8", buffering=1)
        self.sent, self.promised = [], []

    def sends(self, number):
        self.sent.append(number)
        self.file.write(f"sent {number}\n")

    def was_promised(self, number):
        self.promised.append(number)
        self.file.write(f"promised {number}\n")


class Sender(threading.Thread):
    """Says one thing after another, each until it is acknowledged, whatever the server does meanwhile."""

    def __init__(self, server, name, seed, told):
        super().__init__(daemon=True)
        self.server, self.label, self.told = server, name, told
        self.chance = random.Random(f"{seed} {name}")
        self.ledger = Ledger(server.folder / f"{name}.ledger")
        self.stopping, self.peace, self.resting = threading.Event(), threading.Event(), threading.Event()
        self.peace.set()
        self.problem = None

    def run(self):
        for n in range(1 << 30):
            number = f"{self.label}{n:06}"
            self.ledger.sends(number)
            while not self.said(number):
                if self.stopping.is_set() or self.problem:
                    return
            self.ledger.was_promised(number)
            if not self.peace.is_set():
                self.resting.set()
                self.peace.wait()
                self.resting.clear()
            if self.stopping.is_set():
                return

    def said(self, number):
        try:
            return self.say(number)
        except LOST:
            self.hang_up()
            time.sleep(0.003)  # dead, or no room: nothing can be waited for but its return
            return False
        except AssertionError as problem:
            self.problem = str(problem)
            return False

    def say(self, number):
        raise NotImplementedError

    def hang_up(self):
        pass


def birth_date(number):
    """Each its own: who is who is not what is tried here."""
    n = zlib.crc32(number.encode())
    return f"{1930 + n % 80}{1 + n // 80 % 12:02}{1 + n // 960 % 28:02}"


def lab_result(number, control):
    return "\r".join([
        f"MSH|^~\\&|LIS|1310000001|TASUKI|TASUKI|20261101090000||ORU^R01^ORU_R01|{control}|P|2.5||||||UNICODE UTF-8",
        f"PID|1||{number}^^^^PI||故障^{number}^^^^^L^I~コショウ^タロウ^^^^^L^P||{birth_date(number)}|M",
        f"ORC|RE|{number}", f"OBR|1|{number}||3A010^総蛋白^JC10|||202611010800||||||||023&血清&JC10",
        "OBX|1|NM|3A0100000023271^TP^JC10||7.1|g/dL|6.5-8.2|N|||F",
        "OBX|2|NM|3A0150000023271^ALB^JC10||4.2|g/dL|3.8-5.2|N|||F", ""]).encode()


class Line(Sender):
    """An HL7 v2 line. A manner is chosen for each message; it is counted when the message was acknowledged."""

    line, idle, manner, control = None, None, "plain", None

    def say(self, number):
        if self.control is None or not self.control[0] == number:
            self.manner = self.chance.choices(["plain", "late", "repeated", "reused", "silent"], [8, 1, 1, 1, 1])[0]
            used = self.ledger.promised[-1] if self.ledger.promised else number
            self.control = (number, used if self.manner == "reused" else number)
            self.late = self.manner == "late"
        message = lab_result(number, self.control[1])
        if self.line is None:
            self.line = Mllp(self.server.mllp["minato-hosp"])
        if self.late:  # gone before the answer comes, and back with the same message
            self.late = False
            self.line.socket.sendall(b"\x0b" + message + b"\x1c\r")
            self.hang_up()
            return False
        if self.manner == "silent":
            self.idle = Mllp(self.server.mllp["minato-hosp"])
            self.idle.socket.sendall(b"\x0b" + message[:100])
        if not self.accepted(message) or self.manner == "repeated" and not self.accepted(message):
            return False
        if self.manner != "plain":
            self.told[self.manner] += 1
        return True

    def accepted(self, message):
        answer = self.line.send(message)
        words = answer.split(b"\r")[1].split(b"|")
        assert words[1] in (b"AA", b"AE", b"AR"), f"{self.label}: {answer!r}"
        if words[1] == b"AA":
            return True
        assert "残量" in answer.decode() or "disk" in answer.decode().lower() or "audit" in answer.decode(), (
            f"{self.label} was refused for another reason than the disk: {answer.decode()}")
        time.sleep(0.003)  # it said to try again
        return False

    def hang_up(self):
        self.line = None


class Creates(Sender):
    headers = None

    def say(self, number):
        day = birth_date(number)
        patient = {"resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": number}],
                   "name": [{"text": f"作成 {number}"}], "birthDate": f"{day[:4]}-{day[4:6]}-{day[6:]}"}
        self.headers = self.headers or self.server.sign_in()
        status, _, body = self.server.request("POST", "/fhir/Patient", patient,
                                              {**self.headers, "If-None-Exist": f"identifier={SYSTEM}|{number}"})
        assert status in (200, 201, 401, 500, 503, 507), f"{number}: {status} {body}"
        if status == 401:
            self.headers = None
        return status in (200, 201)


class Judge:
    """Holds the ledgers against the record of a server that is at peace."""

    def __init__(self, server, senders, checks):
        self.server, self.senders, self.checks = server, senders, checks
        self.judged = {sender.label: 0 for sender in senders}

    def judge(self, after):
        headers, clerk = self.server.sign_in(), self.server.sign_in("minato-hosp/kimura")
        for sender in self.senders:
            promised = sender.ledger.promised[self.judged[sender.label]:]
            self.judged[sender.label] += len(promised)
            wrong = {number: counts for number in promised if (counts := self.counts(headers, clerk, sender, number))}
            self.checks.that(not wrong, f"after {after}: {sender.label} {wrong}")

    def counts(self, headers, clerk, sender, number):
        """What is wrong with one promised thing; None: nothing."""
        patients = self.total(headers, f"/fhir/Patient?identifier={SYSTEM}%7C{number}")
        if isinstance(sender, Creates):
            return None if patients == 1 else {"patients": patients}
        results = self.total(headers, f"/fhir/Observation?patient.identifier={SYSTEM}%7C{number}")
        messages = self.messages(clerk, number)
        return None if (patients, results, messages) == (1, 2, 1) else {
            "patients": patients, "results": results, "messages": messages}

    def messages(self, clerk, number):
        """Of the order; the search's index follows what is received, so nothing is asked for again."""
        deadline = time.monotonic() + 20
        while True:
            status, _, found = self.server.request("GET", f"/ops/api/messages?order={number}&count=10", headers=clerk)
            if status != 200:
                return found
            if found["messages"] or time.monotonic() > deadline:
                return len(found["messages"])
            time.sleep(0.05)

    def total(self, headers, path):
        status, _, body = self.server.request("GET", path + "&_summary=count", headers=headers)
        return body["total"] if status == 200 else body

    def judge_whole(self):
        """Nothing is there but what was sent: in the middle of it, at most what each sender was saying."""
        headers = self.server.sign_in()
        promised = sum(len(sender.ledger.promised) for sender in self.senders)
        sent = sum(len(sender.ledger.sent) for sender in self.senders)
        stands = self.total(headers, f"/fhir/Patient?identifier={SYSTEM}%7C&_total=accurate")
        self.checks.that(promised <= stands <= sent, f"{stands} patients of {promised} promised and {sent} sent")


FAULTS = {"kill": 8, "tear": 4, "drop": 5, "full": 2, "refuse": 1}


def choose(chance):
    kind = chance.choices(list(FAULTS), list(FAULTS.values()))[0]
    at = int(2 ** chance.uniform(3, 10.2)) if kind != "full" else chance.randrange(50, 600)
    return kind, at, chance.randrange(1, 60) if kind in ("full", "refuse") else chance.randrange(1 << 30)


class Lives:
    """The server's, one fault each."""

    def __init__(self, server, senders, judge, told, checks):
        self.server, self.senders, self.judge, self.told, self.checks = server, senders, judge, told, checks
        self.last = []

    def live(self, kind, at, seed):
        self.last.append(f"{kind} {at} {seed}")
        self.server.launch(LD_PRELOAD=LIBRARY, TASUKI_FAULT=f"{kind} {at} {seed}")
        up = self.server.answers()
        if kind in ("full", "refuse") and up:
            self.get_further()
            self.server.kill()
            self.told["kill"] += 1
        elif up:
            self.server.process.wait(PATIENCE)
        code = self.server.process.wait(PATIENCE)
        self.checks.that(code == -signal.SIGKILL or kind in ("full", "refuse") and code > 0,
                         f"{self.last[-1]}: the server ended with {code}: {self.server.log()[-600:]}")
        self.told[kind] += 1

    def promised(self):
        return sum(len(sender.ledger.promised) for sender in self.senders)

    def get_further(self):
        """Until the senders are well beyond where they were, fault or not."""
        target, deadline = self.promised() + 12, time.monotonic() + PATIENCE
        while self.promised() < target:
            if time.monotonic() > deadline or any(sender.problem for sender in self.senders):
                self.checks.that(False, f"{self.last[-1]}: nobody gets further: {self.server.log()[-600:]}")
                return
            time.sleep(0.005)  # of the senders there is no event for a sum

    def peace(self):
        """Everyone finishes what they were saying; then the judge."""
        self.server.start()
        for sender in self.senders:
            sender.peace.clear()
        for sender in self.senders:
            self.checks.that(sender.resting.wait(PATIENCE) and not sender.problem, f"{sender.label}: {sender.problem}")
        self.judge.judge(", ".join(self.last))
        self.last.clear()
        self.server.kill()
        for sender in self.senders:
            sender.peace.set()


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--faults", type=int, default=300)
    arguments.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = arguments.parse_args()
    print("seed", options.seed)
    chance, checks, told = random.Random(options.seed), Checks(), collections.Counter()

    server = Server()
    try:
        senders = [Line(server, f"L{i}X", options.seed, told) for i in range(4)] + [Creates(server, "R0X", options.seed, told)]
        judge = Judge(server, senders, checks)
        lives = Lives(server, senders, judge, told, checks)
        server.start()  # a first life makes the database and the demo's people
        server.kill()
        for sender in senders:
            sender.start()
        while sum(told[kind] for kind in FAULTS) < options.faults and not checks.failed:
            for _ in range(LIVES_A_JUDGEMENT):
                lives.live(*choose(chance))
            lives.peace()
        server.start()
        judge.judge_whole()
        for sender in senders:
            sender.stopping.set()
        promised = lives.promised()
        checks.that(promised > told.total(), f"{promised} promises in {told.total()} faults: the senders hardly spoke")
        print(f"{told.total()} faults ({', '.join(f'{n} {kind}' for kind, n in sorted(told.items()))}), {promised} promised")
    finally:
        server.__exit__()
    return checks.done()


if __name__ == "__main__":
    sys.exit(main())
