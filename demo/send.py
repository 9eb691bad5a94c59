#!/usr/bin/env python3
"""Sends the demo region through Tasuki's real interfaces: MLLP, an SS-MIX2 folder, and the reception desks' consents.

send.py --region FOLDER --ssmix2 FOLDER --address http://127.0.0.1:8080 [--feed minato-hosp=2575 ...]
Sent twice, it changes nothing: ids come from business keys.
"""
import argparse
import http.client
import json
import pathlib
import shutil
import socket
import sys
import threading
import time
import urllib.parse

ACCOUNT_OF = {"1310000001": "minato-hosp/kimura", "1310000019": "sakura-hosp/ono", "1310000027": "midori-clinic/hara"}
LANES = 24


def messages(file):
    return [part[part.index(b"\x0b") + 1:] for part in file.read_bytes().split(b"\x1c\r") if b"\x0b" in part]


def lane_of(message):
    """A patient's messages stay on one connection, in order."""
    start = message.find(b"\rPID|")
    return hash(message[start:message.find(b"^", start)].split(b"|")[-1]) % LANES if start >= 0 else 0


def send_lane(port, lane, refused, counted):
    with socket.create_connection(("127.0.0.1", port), timeout=120) as line:
        left = b""
        for message in lane:
            line.sendall(b"\x0b" + message + b"\x1c\r")
            while b"\x1c\r" not in left:
                part = line.recv(65536)
                if not part:
                    raise ConnectionError("closed before the answer")
                left += part
            answer, left = left.split(b"\x1c\r", 1)
            if b"MSA|AA" not in answer and b"MSA|CA" not in answer:
                refused.append(answer.decode("utf-8", "replace"))
            counted[0] += 1


def send_feed(name, port, file):
    lanes = [[] for _ in range(LANES)]
    for message in messages(file):
        lanes[lane_of(message)].append(message)
    refused, counted, start = [], [0], time.monotonic()
    threads = [threading.Thread(target=send_lane, args=(port, lane, refused, counted)) for lane in lanes if lane]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.5)
            if sys.stdout.isatty():
                print(f"\r  {name}: {counted[0]} 件", end="", flush=True)
    total = sum(map(len, lanes))
    if counted[0] != total:
        sys.exit(f"{name}: only {counted[0]} of {total} messages were answered")
    print(f"\r  {name}: {total} 件 ({total / max(time.monotonic() - start, 1e-9):.0f}/s), 受け取れなかったもの {len(refused)} 件")
    for answer in refused[:3]:
        print("   ", answer.replace("\r", " "))


class Desk:
    """A facility's reception desk, at the FHIR interface."""

    def __init__(self, address, account):
        self.line = http.client.HTTPConnection(urllib.parse.urlparse(address).netloc, timeout=120)
        status, headers, body = self.call("POST", "/signin/demo", {"account": account}, {"Content-Type": "application/json"})
        if status != 204:
            sys.exit(f"sign-in of {account}: {status} {body}")
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def call(self, method, path, body=None, headers=None):
        common = {"X-Tasuki": "1", "Content-Type": "application/fhir+json"}
        if hasattr(self, "cookie"):
            common["Cookie"] = self.cookie
        self.line.request(method, path, json.dumps(body) if body else None, {**common, **(headers or {})})
        answer = self.line.getresponse()
        text = answer.read()
        return answer.status, answer.headers, json.loads(text) if text[:1] == b"{" else text

    def patient(self, organisation, number):
        token = urllib.parse.quote(f"urn:oid:1.2.392.100495.20.3.51.1{organisation}|{number}")
        status, _, body = self.call("GET", f"/fhir/Patient?identifier={token}")
        return body["entry"][0]["resource"]["id"] if status == 200 and body.get("entry") else None


def consent(patient, agreed):
    return {"resourceType": "Consent", "id": "sharing-" + patient, "status": "active",
            "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
            "patient": {"reference": "Patient/" + patient}, "dateTime": "2026-04-01T09:00:00+09:00",
            "policyRule": {"text": "みなと地域医療連携 共有の同意 第1版"},
            "provision": {"type": "permit" if agreed else "deny"}}


def send_consents(address, region):
    desks, count, without = {}, 0, []
    for line in (region / "people.jsonl").read_text(encoding="utf-8").splitlines():
        person = json.loads(line)
        if not person["registrations"]:
            continue
        first = person["registrations"][0]
        organisation = first["organisation"]
        desk = desks.setdefault(organisation, None) or Desk(address, ACCOUNT_OF[organisation])
        desks[organisation] = desk
        patient = desk.patient(organisation, first["patient"])
        if patient is None:
            without.append(first["patient"])
            continue
        path = f"/fhir/Consent/sharing-{patient}"
        if desk.call("GET", path)[0] == 200:
            continue
        status, _, body = desk.call("PUT", path, consent(patient, person["agreed"]))
        if status not in (200, 201):
            sys.exit(f"consent of {patient}: {status} {body}")
        count += 1
    print(f"  同意の記録: {count} 件" + (f"(記録の届いていない人 {len(without)} 人)" if without else ""))


def copy_tree(source, target):
    """As a hospital's module writes it: each file appears whole, under its last name, beside what is there."""
    files = [f for f in sorted(source.rglob("*")) if f.is_file()]
    for file in files:
        place = target / file.relative_to(source)
        if place.exists() and place.read_bytes() == file.read_bytes():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary = place.parent / ("." + place.name)
        shutil.copyfile(file, temporary)
        temporary.rename(place)
    return len(files)


def wait_for_tree(address, expected):
    """The watcher says how many files it has taken; nothing else tells a sender, as SS-MIX2 has no answer."""
    line = http.client.HTTPConnection(urllib.parse.urlparse(address).netloc, timeout=30)
    deadline, seen = time.monotonic() + 600, -1
    while time.monotonic() < deadline:
        line.request("GET", "/health")
        health = json.loads(line.getresponse().read())
        feeds = {feed["id"]: feed for feed in health.get("feeds", [])}
        taken = feeds.get("sakura-hosp", {}).get("received", 0)
        if taken >= expected:
            return
        if taken != seen:
            seen = taken
        time.sleep(0.1)
    sys.exit(f"sakura-hosp: {seen} of {expected} files were taken in ten minutes")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--region", type=pathlib.Path, required=True)
    arguments.add_argument("--ssmix2", type=pathlib.Path, required=True)
    arguments.add_argument("--address", required=True)
    arguments.add_argument("--feed", action="append", default=[])
    options = arguments.parse_args()
    ports = {"minato-hosp": 2575, "midori-clinic": 2576, **{k: int(v) for k, v in (f.split("=") for f in options.feed)}}

    send_feed("minato-hosp", ports["minato-hosp"], options.region / "minato-hosp.mllp")
    files = copy_tree(options.region / "ssmix2", options.ssmix2)
    send_feed("midori-clinic", ports["midori-clinic"], options.region / "midori-clinic.mllp")
    wait_for_tree(options.address, files)
    print(f"  sakura-hosp: SS-MIX2 {files} 件")
    send_consents(options.address, options.region)


if __name__ == "__main__":
    main()
