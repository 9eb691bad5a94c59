#!/usr/bin/env python3
"""packages.py: a guide installed and removed beside a serving server, which takes it up without a restart.

A package is made here, with a profile, an extension, a code system and three search parameters. What is stored before
it comes is found by its parameters afterwards; what its profile forbids is refused; removed, it is unknown again.
"""
import io
import json
import subprocess
import sys
import tarfile
import time

from harness import PROGRAM, Checks, Server

WAIT = 30
GUIDE = "http://example.org/guide/"
PROFILE, EXTENSION = GUIDE + "StructureDefinition/member", GUIDE + "StructureDefinition/ward"


def structure(url, kind, of, elements, **more):
    return {"resourceType": "StructureDefinition", "url": url, "name": "S", "status": "active", "kind": kind,
            "abstract": False, "type": of, "baseDefinition": f"http://hl7.org/fhir/StructureDefinition/{of}",
            "derivation": "constraint", "differential": {"element": [{"id": of, "path": of}, *elements]}, **more}


def parameter(code, kind, base, expression):
    return {"resourceType": "SearchParameter", "url": f"{GUIDE}SearchParameter/{code}", "name": code, "status": "active",
            "description": code, "code": code, "base": [base], "type": kind, "expression": expression}


RESOURCES = [
    structure(PROFILE, "resource", "Patient", [{"id": "Patient.birthDate", "path": "Patient.birthDate", "min": 1}]),
    structure(EXTENSION, "complex-type", "Extension",
              [{"id": "Extension.url", "path": "Extension.url", "fixedUri": EXTENSION},
               {"id": "Extension.value[x]", "path": "Extension.value[x]", "type": [{"code": "string"}]}],
              context=[{"type": "element", "expression": "Patient"}]),
    {"resourceType": "CodeSystem", "url": GUIDE + "CodeSystem/wards", "version": "1", "name": "W", "status": "active",
     "content": "complete", "concept": [{"code": "east", "display": "東病棟"}]},
    parameter("ward", "string", "Patient", f"Patient.extension('{EXTENSION}').value.ofType(string)"),
    parameter("family", "string", "Patient", "Patient.name.text"),
    parameter("nowhere", "string", "Patient", "Patient.nowhere"),
]


def write_package(file):
    manifest = {"name": "example.guide", "version": "1.0.0", "canonical": GUIDE, "dependencies": {}}
    with tarfile.open(file, "w:gz") as archive:
        for name, content in [("package.json", manifest)] + [(f"r{n}.json", one) for n, one in enumerate(RESOURCES)]:
            text = json.dumps(content, ensure_ascii=False).encode()
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))


def in_time(fact):
    """Does it become so? The server looks at its folders every few seconds."""
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        if fact():
            return True
        time.sleep(0.2)
    return False


class Hospital:
    def __init__(self, server):
        self.server, self.headers = server, server.sign_in()

    def package(self, *words):
        told = subprocess.run([PROGRAM, "package", *words, "--settings", str(self.server.folder / "tasuki.toml")],
                              capture_output=True, text=True)
        return told.returncode, told.stdout + told.stderr

    def ask(self, method, path, body=None):
        status, _, answer = self.server.request(method, "/fhir/" + path, body, self.headers)
        return status, answer

    def errors(self, **more):
        """What $validate says of a patient who declares the guide's profile."""
        _, answer = self.ask("POST", "Patient/$validate", {"resourceType": "Patient", "meta": {"profile": [PROFILE]}, **more})
        return " ".join(issue["diagnostics"] for issue in answer["issue"] if issue["severity"] == "error")

    def found(self, query):
        status, answer = self.ask("GET", query)
        return sorted(entry["resource"]["id"] for entry in answer.get("entry", [])) if status == 200 else status


def patient(name, ward):
    return {"resourceType": "Patient", "id": name, "extension": [{"url": EXTENSION, "valueString": ward}]}


def main():
    checks = Checks()
    with Server() as server:
        hospital = Hospital(server)
        file = server.folder / "guide.tgz"
        write_package(file)
        checks.that("no installed package" in hospital.errors(), "a profile is known before its package")
        checks.that(hospital.ask("PUT", "Patient/before", patient("before", "東病棟"))[0] == 201, "a patient is not stored")

        code, report = hospital.package("add", str(file))
        checks.that(code == 0, report)
        checks.that("taken: Patient?ward" in report, "the parameter that is taken is not in the report: " + report)
        checks.that("SearchParameter/family" in report and "choose another code" in report,
                    "nothing is said of the code that R4 has: " + report)
        checks.that("SearchParameter/nowhere" in report, "nothing is said of the expression that leads nowhere: " + report)
        checks.that(in_time(lambda: "birthDate" in hospital.errors()), "the profile is not taken up")
        checks.that(hospital.errors(birthDate="1985-04-01") == "", "who meets the profile is refused")
        checks.that("integer" in hospital.errors(birthDate="1985-04-01", extension=[{"url": EXTENSION, "valueInteger": 1}]),
                    "the extension's type is not looked at")
        status, answer = hospital.ask("GET", f"CodeSystem/$lookup?system={GUIDE}CodeSystem/wards&code=east")
        checks.that(status == 200 and "東病棟" in json.dumps(answer, ensure_ascii=False), "a code is not looked up")
        hospital.ask("PUT", "Patient/after", patient("after", "東病棟"))
        checks.that(in_time(lambda: hospital.found("Patient?ward=%E6%9D%B1") == ["after", "before"]),
                    "what was stored before is not found by the new parameter")

        server.kill()
        server.start()
        hospital = Hospital(server)
        checks.that(hospital.found("Patient?ward=%E6%9D%B1") == ["after", "before"], "a kill loses the parameter")
        checks.that("birthDate" in hospital.errors(), "a kill loses the profile")

        code, report = hospital.package("remove", "example.guide#1.0.0")
        checks.that(code == 0, report)
        checks.that(in_time(lambda: "no installed package" in hospital.errors()), "a removed profile is still known")
        checks.that(in_time(lambda: hospital.found("Patient?ward=x") == 400), "a removed parameter still answers")
    return checks.done()


sys.exit(main())
