#!/usr/bin/env python3
"""operate.py: a clinic without people for computers connects a laboratory's feed, and looks after it, step by step.

Samples, a proposal, a person's word; the shadow, its report and its gate; codes nobody knew; a mapping changed, shown
before it is published, taken back; live by one press, and back; silence noticed and told; room, retention, search.
Everything by `tasuki feed …` as docs/ops-api.md has it; the laboratory speaks CP932 over MLLP as such systems do. Days
pass by a clock that the test moves (moving_clock.cpp).
"""
import json
import os
import pathlib
import queue
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

from harness import DEMO, PROGRAM, ROOT, Checks, Mllp, Server, free_port
from notify import Endpoint

CLOCK = os.environ.get("TASUKI_CLOCK_LIBRARY", str(ROOT / "build/dev/tests/libmoving_clock.so"))
FEED, CLERK, DOCTOR = "midori.lab", "midori-clinic/hara", "midori-clinic/midorikawa"
CLINIC = "1310000027"
JLAC10 = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits"
CREATININE, URATE = "3C015000002327101", "3C020000002327101"
WAIT = 60


class Clock:
    """What moving_clock.cpp reads."""

    def __init__(self, file):
        self.file, self.seconds = file, 0
        file.write_bytes(struct.pack("q", 0))

    def go_on(self, seconds):
        self.seconds += seconds
        with open(self.file, "r+b") as place:
            place.write(struct.pack("q", self.seconds))

    def now(self):
        return time.time() + self.seconds


class Operator:
    """The clerk at the command line."""

    def __init__(self, server, checks):
        self.server, self.checks = server, checks
        self.sign_in()

    def sign_in(self):
        self.token = self.server.sign_in(CLERK)["Cookie"].split("=", 1)[1]

    def run(self, *words, settings=None):
        ran = subprocess.run([PROGRAM, "feed", *words, *(["--settings", str(settings)] if settings else ["--url", self.server.address])],
                             env={**os.environ, "TASUKI_TOKEN": self.token}, capture_output=True, text=True, timeout=120, check=False)
        return ran.returncode, ran.stdout, ran.stderr

    def does(self, *words):
        code, out, problem = self.run(*words)
        if code != 0:
            raise RuntimeError(f"{' '.join(words)}: {problem}")
        return json.loads(out) if out.startswith("{") else out

    def is_refused(self, sentence, *words):
        code, _, problem = self.run(*words)
        self.checks.that(code != 0 and sentence in problem, f"{' '.join(words)} is refused with «{sentence}»: {problem}")

    def until(self, state, replay):
        """The replay as soon as it is in the state."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            shown = self.does("replay-show", replay)
            if shown["state"] in (state, "failed"):
                self.checks.that(shown["state"] == state, f"{replay} is {state}: {shown}")
                return shown
            time.sleep(0.05)  # as a person looks again
        raise RuntimeError(f"{replay} is not {state}: {shown}")

    def published(self, *words):
        """A replay asked for, looked at and published: what it showed."""
        replay = self.does("replay", *words)["id"]
        shown = self.until("ready", replay)
        self.does("publish", replay)
        self.until("published", replay)
        return shown["counts"]


class Laboratory:
    """The sender: real messages in CP932 with codes of its own for two items; one connection, made anew where it was cut."""

    def __init__(self, region, port):
        stream = (region / "midori-clinic.mllp").read_bytes()
        whole = [part[part.index(b"\x0b") + 1:] for part in stream.split(b"\x1c\r") if b"\x0b" in part]
        self.messages = [self.in_own_codes(m) for m in whole if b"ORU^R01" in m or b"ADT^A08" in m]
        self.patient = next(m for m in self.messages if b"ADT^A08" in m)
        self.port, self.line, self.count, self.sent = port, None, 0, 0
        self.number = None  # of a patient that it has sent results of

    @staticmethod
    def in_own_codes(message):
        for own, standard in ((b"K01", CREATININE), (b"K02", URATE)):
            message = re.sub(rb"\|" + standard.encode() + rb"\^([^^|]*)\^JC10", rb"|" + own + rb"^\1^99MDR", message)
        return message

    def send(self, message):
        if self.line is None:
            self.line = Mllp(self.port)
        try:
            return self.line.send(message)
        except (ConnectionError, BrokenPipeError):
            self.line.close()
            self.line = Mllp(self.port)  # a connection that was idle for a night
            return self.line.send(message)

    def send_next(self, count):
        answers = [self.send(m) for m in self.messages[self.sent:self.sent + count]]
        self.sent += len(answers)
        return answers

    def send_of_today(self, clock):
        """The patient's address once more, with a number and a time of its own."""
        self.count += 1
        head, rest = self.patient.split(b"\r", 1)
        fields = head.split(b"|")
        fields[6] = time.strftime("%Y%m%d%H%M%S", time.gmtime(clock.now() + 9 * 3600)).encode()
        fields[9] = b"D%d" % self.count
        return self.send(b"|".join(fields) + b"\r" + rest)

    def hang_up(self):
        if self.line:
            self.line.close()
        self.line = None


def total(server, headers, query):
    status, _, body = server.request("GET", f"/fhir/{query}{'&' if '?' in query else '?'}_summary=count", headers=headers)
    if status != 200:
        raise RuntimeError(f"{query}: {status} {body}")
    return body["total"]


def propose(operator, laboratory, folder, endpoint):
    """Sample files become a feed by the word of a person. Answers the port."""
    checks, settings = operator.checks, operator.server.folder / "tasuki.toml"
    samples = folder / "samples"
    samples.mkdir()
    for number, message in enumerate(laboratory.messages[:60]):
        (samples / f"{number:03}.hl7").write_bytes(message)
    code, out, problem = operator.run("propose", str(samples), settings=settings)
    checks.that(code == 0 and "hl7v2" in out, f"samples are recognised: {problem}")
    for fact in ("ORU^R01 × ", "lab-items: K01 × ", 'charset = "cp932"', 'state = "shadow"'):
        checks.that(fact in out, f"the proposal says {fact}: {out}")
    before, port = settings.read_bytes(), free_port()
    words = ["confirm", str(samples), "--id", FEED, "--name", "みどり検査室", "--port", str(port), "--alert_to", endpoint.url]
    code, _, problem = operator.run(*words, "--organisation", "みどり", settings=settings)
    checks.that(code != 0 and "10桁" in problem and settings.read_bytes() == before, f"a wrong answer changes nothing: {problem}")
    code, out, problem = operator.run(*words, "--organisation", CLINIC, settings=settings)
    checks.that(code == 0 and "次に始めるとき" in out, f"the person's word: {out} {problem}")
    code, _, problem = operator.run(*words, "--organisation", CLINIC, settings=settings)
    checks.that(code != 0 and "使っています" in problem, f"not twice: {problem}")
    operator.server.stop()
    operator.server.start()
    operator.sign_in()
    return port


def in_the_shadow(operator, laboratory, doctor):
    server, checks = operator.server, operator.checks
    checks.that(operator.does("show", FEED)["state"] == "shadow", "a new feed begins in the shadow")
    before = total(server, doctor, "Observation")
    answers = laboratory.send_next(150)
    checks.that(all(b"MSA|AA" in answer for answer in answers), "the laboratory sees no difference")
    checks.that(total(server, doctor, "Observation") == before, "nothing is published")
    card = next(feed for feed in operator.does("list")["feeds"] if feed["id"] == FEED)
    checks.that(card["state"] == "shadow" and card["received"] == 150, f"its card: {card}")
    page = operator.does("report", FEED)
    for words in ("影の運用中", "届いた電文<b>150", "<td>K01<td", "表にないコード", "今日から動かすと、医師にはこう見えます", "人のつながり"):
        checks.that(words in page, f"the report says {words}")
    checks.that("松本" not in page and "マツモト" not in page, "and names nobody")
    operator.is_refused("表にないコードのない電文は", "live", FEED)
    gate = operator.does("gate", FEED)
    checks.that(not gate["mayGoLive"] and gate["measured"]["messages"] == 150, f"the gate: {gate}")


def codes(operator, doctor):
    """Of two unknown codes one is approved while the feed is in the shadow."""
    checks = operator.checks
    unmapped = {one["code"]: one for one in operator.does("codes")["unmapped"] if one["table"] == "lab-items"}
    for own, standard in (("K01", CREATININE), ("K02", URATE)):
        first = (unmapped[own]["suggestions"] or [{"code": None}])[0]
        checks.that(first["code"] == standard and first["reasons"], f"{own} is probably {standard}: {unmapped[own]}")
    suggested = unmapped["K01"]["suggestions"][0]
    done = operator.does("approve", "lab-items", "K01", suggested["code"], "--system", suggested["system"],
                         "--display", suggested["display"], "--reason", "検査室に確かめた")
    checks.that(done["shadow"]["tried"] == unmapped["K01"]["count"] > 0, f"what the shadow holds is judged again: {done}")
    checks.that(done["replays"] == [], f"nothing was published, so nothing is mended: {done}")
    operator.is_refused("もう表", "approve", "lab-items", "K01", CREATININE)
    history = operator.does("history", "lab-items")["history"]
    checks.that(history[-1]["from"] == "K01" and history[-1]["reason"] == "検査室に確かめた", f"who and why: {history}")
    left = [one["code"] for one in operator.does("codes")["unmapped"] if one["table"] == "lab-items"]
    checks.that(left == ["K02"], f"left: {left}")


def coded(operator, doctor, code):
    return total(operator.server, doctor, f"Observation?code={JLAC10}%7C{code}")


def go_live(operator, laboratory, doctor):
    """The gate, one press, what waited published, taken back, published; and the press back."""
    checks, server = operator.checks, operator.server
    operator.is_refused("表にないコードのない電文は", "live", FEED)  # K02 is still open
    limits = operator.does("limits", FEED, "--codedMin", "0.1", "--messagesMin", "100")
    checks.that(limits["mayGoLive"] and limits["limits"]["codedMin"] == 0.1, f"agreed otherwise: {limits}")
    live = operator.does("live", FEED)
    checks.that(live["standing"]["state"] == "live", f"one press: {live}")
    backlog = live["backlogReplay"]
    shown = operator.until("ready", backlog)["counts"]
    checks.that(shown["read"] == 150 and shown["byType"]["Observation create"] > 0, f"what the shadow held: {shown}")
    operator.does("publish", backlog)
    operator.until("published", backlog)
    published = coded(operator, doctor, CREATININE)
    checks.that(published > 0, "the doctor sees the results")
    operator.does("undo", backlog)
    operator.until("undone", backlog)
    checks.that(coded(operator, doctor, CREATININE) == 0, "and does not after the undo")
    operator.published(FEED, "--state", "shadow")
    checks.that(coded(operator, doctor, CREATININE) == published, "published again")
    laboratory.send_next(20)
    checks.that(coded(operator, doctor, CREATININE) > published, "what comes now is published at once")
    seen = coded(operator, doctor, CREATININE)
    checks.that(operator.does("shadow", FEED)["state"] == "shadow", "back by one press")
    laboratory.send_next(20)
    checks.that(coded(operator, doctor, CREATININE) == seen, "in the shadow nothing is published")
    operator.is_refused("まだ 20 件", "live", FEED)
    operator.does("live", FEED, "--because", "前に確かめた")
    operator.published(FEED, "--state", "shadow")
    page = operator.does("report", FEED)
    checks.that("稼働中" in page and "届いた電文<b>190" in page, "the report of a live feed speaks of all it sent")
    operator.is_refused("because", "pause", FEED)
    operator.does("pause", FEED, "--because", "検査室の機械の交換")
    checks.that(b"MSA|AE" in laboratory.send(laboratory.messages[laboratory.sent]), "paused, the sender keeps its message")
    checks.that(operator.does("resume", FEED)["state"] == "live", "and goes on")
    checks.that(b"MSA|AA" in laboratory.send_next(1)[0], "and sends it again")


def mend(operator, laboratory, doctor):
    """A code approved while the feed is live mends what was published without it; what was held goes on."""
    checks = operator.checks
    without = total(operator.server, doctor, "Observation?code=K02")
    checks.that(without > 0 and coded(operator, doctor, URATE) == 0, "results stand under the laboratory's own code")
    done = operator.does("approve", "lab-items", "K02", URATE, "--system", JLAC10, "--display", "尿酸")
    checks.that(len(done["replays"]) == 1, f"what was published is mended: {done}")
    shown = operator.until("published", done["replays"][0])
    checks.that(shown["counts"]["change"] == shown["counts"]["published"] == without, f"each result once: {shown}")
    checks.that(coded(operator, doctor, URATE) == without, "and is found by the standard code")

    strange = laboratory.patient.replace(b"ADT^A08^ADT_A01", b"RDE^O11^RDE_O11") + (
        b"ORC|Q9|777||777_01|||||20260401101400\rRXE||103835401^CARBOCISTEINE^HOT9|2||TAB^^MR9P|||||30|TAB^^MR9P\r"
        b"TQ1|1||1013044400000000&&JAMISDP01|||5^D&&ISO+|20260401\rRXR|PO^^HL70162\r")
    checks.that(b"MSA|AA" in laboratory.send(strange), "an order with a status of its own is taken")
    waiting = operator.does("inbox")["waiting"]
    checks.that([one["count"] for one in waiting if one["feed"] == FEED] == [1], f"and waits: {waiting}")
    again = operator.does("retry", "--feed", FEED)
    checks.that(again["tried"] == again["stillHeld"] == 1, f"trying again changes nothing: {again}")
    code = next(one for one in operator.does("codes")["unmapped"] if one["code"] == "Q9")
    checks.that(code["table"] == "order-status" and code["waiting"] == 1, f"for a code: {code}")
    operator.is_refused("", "approve", "order-status", "Q9", "martian")
    done = operator.does("approve", "order-status", "Q9", "active", "--reason", "検査室の「依頼中」")
    checks.that(done["tried"] == done["done"] == 1, f"it goes on: {done}")
    checks.that(operator.does("inbox")["waiting"] == [], "and nothing waits any more")
    checks.that(total(operator.server, doctor, "MedicationRequest") == 1, "the order stands")


def change_mapping(operator, doctor, mappings, candidates):
    """A changed mapping: looked at as a candidate, published, undone; then put in force and published."""
    checks = operator.checks
    shutil.copytree(mappings, candidates / "next")
    oru = "lab-results-oru.map"
    changed = (mappings / oru).read_text(encoding="utf-8").replace("lab-results-oru 1", "lab-results-oru 2").replace(
        "          do item-body\n", '          do item-body\n          note\n            text <- "みどり検査室で測定"\n')
    (candidates / "next" / oru).write_text(changed, encoding="utf-8")
    before = total(operator.server, doctor, "Observation")
    replay = operator.does("replay", FEED, "--mappings", "next", "--kind", "ORU^R01")["id"]
    counts = operator.until("ready", replay)["counts"]
    checks.that(counts["change"] > 0 and counts["create"] == counts["withdraw"] == 0, f"the difference: {counts}")
    change = operator.does("replay-changes", replay)["changes"][0]
    checks.that(change["action"] == "change" and any("みどり検査室で測定" in json.dumps(e, ensure_ascii=False) for e in change["elements"]),
                f"element by element: {change}")
    record = f"/fhir/{change['record']}"

    def text():
        return json.dumps(operator.server.request("GET", record, headers=doctor)[2], ensure_ascii=False)

    checks.that("みどり検査室で測定" not in text(), "looking changes nothing")
    operator.does("publish", replay)
    published = operator.until("published", replay)["counts"]
    checks.that(published["published"] == counts["change"] and "みどり検査室で測定" in text(), f"published: {published}")
    operator.does("undo", replay)
    undone = operator.until("undone", replay)["counts"]
    checks.that(undone["undone"] == counts["change"] and "みどり検査室で測定" not in text(), f"undone: {undone}")
    (mappings / oru).write_text("nonsense\n" + changed, encoding="utf-8")
    refused = operator.does("reload")
    checks.that(refused["problems"] and not refused["changed"], f"a wrong mapping is named and not taken up: {refused}")
    (mappings / oru).write_text(changed, encoding="utf-8")
    taken = operator.does("reload")
    checks.that(taken["changed"] and operator.does("mappings")["problems"] == [], f"the right one is: {taken}")
    operator.published(FEED, "--kind", "ORU^R01")
    checks.that("みどり検査室で測定" in text() and total(operator.server, doctor, "Observation") == before, "published for good")


def search(operator, laboratory):
    """Messages by patient, slip, code, cause and number."""
    checks = operator.checks
    result = next(m for m in laboratory.messages[:150] if b"ORU^R01" in m).decode("cp932")
    rows = {line.split("|")[0]: line.split("|") for line in reversed(result.split("\r")) if line}
    laboratory.number = rows["PID"][3].split("^")[0]
    person, order, control = rows["PID"][3].split("^")[0], rows["ORC"][2], rows["MSH"][9]
    deadline = time.monotonic() + WAIT
    while not operator.does("search", "--control", control)["messages"] and time.monotonic() < deadline:
        time.sleep(0.1)  # the index follows what is received
    number = operator.does("search", "--control", control)["messages"][0]["number"]
    for name, value in (("person", person), ("order", order), ("code", "K02"), ("cause", "code.not-in-table")):
        found = operator.does("search", f"--{name}", value, "--feed", FEED, "--count", "200")["messages"]
        checks.that(found and all(one["feed"] == FEED for one in found), f"by {name}: {len(found)}")
        if name in ("person", "order"):
            checks.that(number in [one["number"] for one in found], f"by {name} that one")
    message = operator.does("message", str(number))
    checks.that("クレアチニン" in message["text"] and message["controlId"] == control, f"read: {message['text'][:80]}")
    operator.is_refused("指定は", "search", "--colour", "green")


def told(endpoint, clock, state):
    """Minutes pass until the alert says this."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        try:
            body = endpoint.heard.get(timeout=0.05)[1]
        except queue.Empty:
            clock.go_on(60)
            continue
        if body["feed"] == FEED and body["state"] == state:
            return body
    raise RuntimeError(f"nobody is told: {state}")


def fall_silent(operator, laboratory, clock, endpoint):
    """A fortnight in which the feed is learned, then silence: noticed, told, taken on, over."""
    checks = operator.checks
    heard, answers = None, []
    for _ in range(16 * 24):
        clock.go_on(3600)
        answers.append(laboratory.send_of_today(clock))
        heard = next_look(operator, clock, heard)
    checks.that(all(b"MSA|AA" in answer for answer in answers), "a message every hour")
    card = next(feed for feed in operator.does("list")["feeds"] if feed["id"] == FEED)
    checks.that(card["level"] == "well", f"learned: {card}")
    laboratory.hang_up()
    clock.go_on(12 * 3600)
    begun = told(endpoint, clock, "begun")
    checks.that("届くはずのものが届いていません" in begun["lines"][0] and "つながっていません" in begun["lines"][2], f"told: {begun}")
    operator.sign_in()
    alerts = operator.does("alerts")["alerts"]
    checks.that([one["id"] for one in alerts] == [FEED] and alerts[0]["told"] == [endpoint.url], f"alerts: {alerts}")
    taken = operator.does("take-on", FEED)["alerts"][0]
    checks.that(taken["takenBy"] == "原 事務", f"taken on: {taken}")
    laboratory.send_of_today(clock)
    over = told(endpoint, clock, "over")
    checks.that("いつもどおり" in over["lines"][0], f"over: {over}")
    checks.that(operator.does("alerts")["alerts"] == [], "no alert stands")


def next_look(operator, clock, heard):
    """Minutes pass until the monitor has seen the message that came: when, as the card says it."""
    operator.sign_in()  # hours have passed
    headers = {"Authorization": f"Bearer {operator.token}"}
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        feeds = operator.server.request("GET", "/ops/api/feeds", headers=headers)[2]["feeds"]
        lines = next(feed["lines"] for feed in feeds if feed["id"] == FEED)
        last = re.search("最後に届いたのは(.*?)です", lines[1])
        if last and last[1] != heard:
            return last[1]
        clock.go_on(60)
        time.sleep(0.01)  # the card is all that can be asked
    raise RuntimeError(f"the monitor does not look: {heard} {lines}")


def keep_room(operator, laboratory, clock):
    """How long the room lasts; what is older than a fortnight goes, once a backup has it and nobody holds it."""
    checks = operator.checks
    operator.sign_in()
    space = operator.does("space")
    checks.that(space["bytesPerDay"] > 0 and space["daysLeft"] > 0 and space["keptDays"] == 14, f"room: {space}")
    oldest = operator.does("search", "--person", laboratory.number, "--feed", FEED)["messages"][-1]["number"]
    newest = operator.does("search", "--control", f"D{laboratory.count}")["messages"][0]["number"]
    checks.that("PID|" in operator.does("message", str(oldest))["text"], "old, and no backup has it: kept")
    operator.does("hold", FEED)
    operator.does("backup", str(newest))
    clock.go_on(2 * 3600)  # old messages are looked through every hour
    laboratory.send_of_today(clock)
    next_look(operator, clock, None)
    checks.that("PID|" in operator.does("message", str(oldest))["text"], "in a backup, and on hold: kept")
    operator.does("release", FEED)
    deadline = time.monotonic() + WAIT
    while operator.does("message", str(oldest)).get("text") and time.monotonic() < deadline:
        clock.go_on(3600)
        operator.sign_in()
    message = operator.does("message", str(oldest))
    checks.that(not message.get("text") and message["answer"] and message["report"], f"its bytes go, what became of it stays: {message}")
    checks.that(operator.does("message", str(newest))["text"], "what is new stays whole")


def walk(checks, folder):
    endpoint, clock = Endpoint(), Clock(folder / "clock")
    mappings, candidates = folder / "mappings", folder / "candidates"
    shutil.copytree(ROOT / "mappings", mappings)
    candidates.mkdir()
    region = folder / "region"
    subprocess.run([DEMO, "--people", "60", "--seed", "5", "--out", str(region)], check=True, capture_output=True)
    settings = (f'\n[program]\nmappings = "{mappings}"\ncandidates = "{candidates}"\n\n'
                '[retention]\nmessage_days = 14\n')
    with Server(settings=settings, environment={"LD_PRELOAD": CLOCK, "TASUKI_CLOCK": str(clock.file)}) as server:
        operator, doctor = Operator(server, checks), server.sign_in(DOCTOR)
        send_hospital(server, region)
        laboratory = Laboratory(region, 0)
        laboratory.port = propose(operator, laboratory, folder, endpoint)
        doctor = server.sign_in(DOCTOR)
        in_the_shadow(operator, laboratory, doctor)
        codes(operator, doctor)
        go_live(operator, laboratory, doctor)
        search(operator, laboratory)
        mend(operator, laboratory, doctor)
        change_mapping(operator, doctor, mappings, candidates)
        fall_silent(operator, laboratory, clock, endpoint)
        keep_room(operator, laboratory, clock)


def send_hospital(server, region):
    """Another hospital of the region already sends standard codes: the suggestions come from there."""
    line = Mllp(server.mllp["minato-hosp"])
    stream = (region / "minato-hosp.mllp").read_bytes()
    results = [part[part.index(b"\x0b") + 1:] for part in stream.split(b"\x1c\r") if b"OUL^R22" in part or b"ORU^R01" in part]
    for message in results[:60]:
        line.send(message)
    line.close()


def main():
    checks = Checks()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tasuki-operate-"))
    try:
        walk(checks, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return checks.done()


if __name__ == "__main__":
    sys.exit(main())
