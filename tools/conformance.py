#!/usr/bin/env python3
"""Writes docs/conformance.md from the tallies of the last runs (build/conformance/*.json).

A suite that did not run this time keeps its former row: tallies stay in docs/conformance.json, so that a machine
without the reference sets does not empty the page. Usage: tools/conformance.py [FOLDER]
"""
import json
import pathlib
import sys

HOUSE = pathlib.Path(__file__).resolve().parent.parent
KEPT = HOUSE / "docs" / "conformance.json"
PAGE = HOUSE / "docs" / "conformance.md"
FAILURES_SHOWN = 40
EXCEPTIONS_NAMED = 20  # of one reason

# suite -> what it is, the share asked for, what it was made by
SUITES = {
    "fhir-examples-r4": ("HL7's official R4 examples: created, read back to the digit, found by what they say", 1.0),
    "search-oracle": ("exact counts of another server on 92,114 resources", 1.0),
    "random-queries": ("random queries against a linear scan", 1.0),
    "conditional-races": ("racing conditional creates without a duplicate", 1.0),
    "testscripts": ("FHIR TestScripts of two projects", 0.95),
    "ms-fhir-server": ("fixtures of another server's tests", 0.95),
    "fhir-patch-r4": ("FHIRPath, JSON and XML Patch", 0.98),
    "xml-json-pairs-r4": ("the same resource in XML and JSON, both ways", 0.98),
    "ucum": ("UCUM's functional tests", 0.98),
    "real-clients": ("calls by public FHIR clients", 1.0),
    "fhirpath-r4": ("HL7's FHIRPath tests", 0.98),
    "fhirpath-js": ("cases of the fhirpath.js project", 0.98),
    "validator-r4": ("same verdict as the reference validator", 0.92),
    "java-verdicts": ("the reference validator's verdict on resources with one thing broken in each", 0.99),
    "jp-examples": ("Japanese examples under the guides they declare", 1.0),
    "fhir-examples-r4-validate": ("HL7's official examples without a false error", 1.0),
    "terminology-tx": ("HL7's terminology service tests", 0.85),
    "hl7v2-messages": ("public HL7 v2 messages: valid ones read, invalid ones refused with their place", 0.995),
    "hl7v2-core-fields": ("core fields, as the FHIR that another tool made of the same messages has them", 1.0),
}


def rows(tallies):
    yield "| suite | what | passed | failed | exceptions | share | asked |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for name in [*SUITES, *sorted(set(tallies) - set(SUITES))]:
        if name not in tallies:
            continue
        tally = tallies[name]
        what, asked = SUITES.get(name, ("", None))
        counted = tally["passed"] + len(tally["failed"])
        share = 100 * tally["passed"] / counted if counted else 100.0
        wanted = "" if asked is None else f"{100 * asked:g} %"
        yield (f"| {name} | {what} | {tally['passed']:,} | {len(tally['failed']):,} | {len(tally['exceptions']):,} "
               f"| {share:.4g} % | {wanted} |")


def one_line(text):
    return " ".join(str(text).split()).replace("|", "\\|")[:300]


def by_reason(exceptions):
    groups = {}
    for case in exceptions:
        groups.setdefault(case["reason"], []).append(case["id"])
    return groups


def details(tallies):
    for name, tally in sorted(tallies.items()):
        if not tally["failed"] and not tally["exceptions"]:
            continue
        yield f"\n## {name}\n"
        for reason, cases in by_reason(tally["exceptions"]).items():
            if len(cases) > EXCEPTIONS_NAMED:
                yield f"- not to be met, {len(cases)} cases such as {one_line(cases[0])}: {one_line(reason)}"
            else:
                yield from (f"- not to be met, {one_line(case)}: {one_line(reason)}" for case in cases)
        for case in tally["failed"][:FAILURES_SHOWN]:
            yield f"- failed, {one_line(case['id'])}: {one_line(case['what'])}"
        if len(tally["failed"]) > FAILURES_SHOWN:
            yield f"- and {len(tally['failed']) - FAILURES_SHOWN} more"


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HOUSE / "build" / "conformance")
    tallies = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    for file in sorted(folder.glob("*.json")):
        tally = json.loads(file.read_text())
        tallies[tally["suite"]] = {key: tally[key] for key in ("passed", "failed", "exceptions")}
    KEPT.write_text(json.dumps(tallies, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    lines = [
        "# Conformance, as measured",
        "",
        "Written by `tools/conformance.py` from what the tests' runs counted; not by hand. \"Share\" leaves out the exceptions:",
        "cases that we decided not to meet, each with its reason below. Suites that need a long run count in `./test --long`.",
        "",
        *rows(tallies),
        *details(tallies),
    ]
    PAGE.write_text("\n".join(lines) + "\n")
    print(f"{PAGE.relative_to(HOUSE)}: {len(tallies)} suites")


if __name__ == "__main__":
    main()
