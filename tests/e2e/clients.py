#!/usr/bin/env python3
"""Real clients nobody here wrote, and raw sockets where they cannot: HL7 v2 over MLLP, then FHIR REST reads it back."""
import sys
import urllib.parse

from harness import Checks, Mllp, Server

SYSTEM = "urn:oid:1.2.392.100495.20.3.51.11310000001"


def adt(control, number, family, given, extra=(), charset="UNICODE UTF-8", msh15=""):
    return "\r".join([
        f"MSH|^~\\&|EMR|1310000001|TASUKI|TASUKI|20261101090000||ADT^A08^ADT_A01|{control}|P|2.5|||{msh15}|{'NE' if msh15 else ''}||{charset}",
        "EVN|A08|20261101090000",
        f"PID|1||{number}^^^^PI||{family}^{given}^^^^^L^I~シケン^ハナコ^^^^^L^P||19800203|F",
        "PV1|1|N", *extra, ""])


def patient(server, headers, number):
    value = urllib.parse.quote(f"{SYSTEM}|{number}")
    status, _, body = server.request("GET", f"/fhir/Patient?identifier={value}", headers=headers)
    entries = body.get("entry", []) if status == 200 else []
    return entries[0]["resource"] if len(entries) == 1 else None


def python_hl7(server, headers, checks):
    try:
        from hl7.client import MLLPClient
    except ImportError:
        print("SKIP python3-hl7: not installed")
        return
    with MLLPClient("127.0.0.1", server.mllp["minato-hosp"]) as client:
        answer = client.send_message(adt("PY1", "0000000501", "試験", "花子").encode())
    checks.that(b"MSA|AA|PY1" in answer, f"python3-hl7 gets AA: {answer!r}")
    found = patient(server, headers, "0000000501")
    checks.that(found and found["name"][0]["family"] == "試験", f"and the patient stands: {found}")


def iso_2022_jp(server, headers, checks):
    """日本, 京都府, マウス, 右: characters whose two bytes contain | \\ ~ ^ &."""
    line = Mllp(server.mllp["minato-hosp"])
    message = adt("JP1", "0000000502", "日本府", "京右目", charset="~ISO IR87").encode("iso2022_jp")
    answer = line.send(message)
    checks.that(b"MSA|AA|JP1" in answer, f"ISO-2022-JP gets AA: {answer!r}")
    found = patient(server, headers, "0000000502")
    name = found and found["name"][0]
    checks.that(name and name["family"] == "日本府" and name["given"] == ["京右目"], f"every kanji right: {name}")
    checks.that(line.send(message) == answer, "the same message again gets the stored answer")
    checks.that(found and patient(server, headers, "0000000502")["meta"]["versionId"] == found["meta"]["versionId"],
                "and makes no new version")
    line.close()


def acknowledgement(server, _, checks):
    line = Mllp(server.mllp["minato-hosp"])
    answer = line.send(adt("EN1", "0000000503", "試験", "花子", msh15="AL").encode())
    checks.that(b"MSA|CA|EN1" in answer, f"enhanced mode gets CA: {answer!r}")
    answer = line.send(adt("NX1", "0000000503", "試験", "花子").replace("ADT^A08^ADT_A01", "QBP^Q11^QBP_Q11").encode())
    checks.that(b"MSA|A" in answer and b"|NX1" in answer, f"an event nobody maps is answered: {answer!r}")
    for rubbish in (b"", b"rubbish", b"MSH", b"MSH|^~\\&|", b"\xff\xfe\x00" * 100, b"PID|1||1"):
        try:
            answer = line.send(rubbish)
            checks.that(b"MSA|A" in answer and b"MSA|AA" not in answer, f"{rubbish[:10]!r} is refused: {answer[:200]!r}")
        except ConnectionError:
            line = Mllp(server.mllp["minato-hosp"])
    checks.that(b"MSA|AA|OK1" in line.send(adt("OK1", "0000000504", "試験", "花子").encode()), "and the line still works")
    line.close()


def refusals(server, headers, checks):
    for path, expected in (("/fhir/Patient?nam=x", 400), ("/fhir/Patient/none", 404), ("/fhir/Nothing/1", 404),
                           ("/fhir/Patient?birthdate=soon", 400), ("/fhir/Patient?_sort=colour", 400)):
        status, _, body = server.request("GET", path, headers=headers)
        outcome = isinstance(body, dict) and body.get("resourceType") == "OperationOutcome"
        checks.that(status == expected and outcome, f"{path}: {status}, an OperationOutcome: {body}")
    status, _, body = server.request("POST", "/fhir/Patient", {"resourceType": "Patient", "birthdate": "1970"}, headers)
    text = str(body)
    checks.that(status in (400, 422) and "birthDate" in text, f"a misspelt element names the nearest: {status} {text[:300]}")
    status, _, _ = server.request("GET", "/fhir/Patient")
    checks.that(status == 401, f"nobody without a session: {status}")


def main():
    checks = Checks()
    with Server() as server:
        headers = server.sign_in()
        for test in (python_hl7, iso_2022_jp, acknowledgement, refusals):
            test(server, headers, checks)
    return checks.done()


if __name__ == "__main__":
    sys.exit(main())
