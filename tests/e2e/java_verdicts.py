#!/usr/bin/env python3
"""Our verdicts beside those of the reference validator, on resources with one thing broken in each.

TASUKI_JAVA_VALIDATOR is a class path for JavaVerdicts.java ("lib/*"); without it there is nothing to compare with. The
resources are HL7's official examples that both call valid; what is broken, and where, follows from a fixed seed.
The reference validator is for comparison only and no part of Tasuki. Tally: java-verdicts.
"""
import copy
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

from harness import PROGRAM

SET = pathlib.Path(os.environ.get("TASUKI_REFERENCE_FOLDER") or pathlib.Path(__file__).resolve().parents[2].parent / "shared/ref") / "fhir-examples-r4"
SEED = 4_0_1
MUTANTS_OF_EACH = 12
BYTES_MAX = 20_000  # the reference takes seconds for a large bundle


def objects(value, place=""):
    """Every object of a resource with its place, the outermost first."""
    if isinstance(value, dict):
        yield value, place
        for name, inner in value.items():
            yield from objects(inner, f"{place}.{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from objects(inner, f"{place}[{number}]")


def members(resource, wanted):
    """(object, name, place) of the members whose value is as wanted, but for what tells which resource it is."""
    return [(holder, name, f"{place}.{name}") for holder, place in objects(resource) for name, value in holder.items()
            if name not in ("resourceType", "div") and wanted(value)]


def is_text(value):
    return isinstance(value, str)


def is_date(value):
    return isinstance(value, str) and len(value) >= 7 and value[:4].isdigit() and value[4] == "-" and value[5:7].isdigit()


def changed(find, make):
    def broken(resource, chance):
        found = find(resource)
        if not found:
            return None
        holder, name, place = chance.choice(found)
        holder[name] = make(holder[name], chance)
        return place
    return broken


def replace(wanted, make):
    return changed(lambda resource: members(resource, wanted), make)


def named(names, make):
    def find(resource):
        return [one for one in members(resource, lambda value: not isinstance(value, (dict, list))) if one[1] in names]
    return changed(find, make)


def left_out(resource, chance):
    found = members(resource, lambda value: True)
    holder, name, place = chance.choice(found)
    del holder[name]
    return place if holder else None


def added(member, value):
    def broken(resource, chance):
        holder, place = chance.choice(list(objects(resource)))
        if member in holder:
            return None
        holder[member] = value
        return f"{place}.{member}"
    return broken


def misspelt(resource, chance):
    holder, name, place = chance.choice(members(resource, lambda value: True))
    if len(name) < 3:
        return None
    holder[name[:-2] + name[-1] + name[-2]] = holder.pop(name)
    return place if name[-1] != name[-2] else None


CODES = {"status", "use", "gender", "intent", "type", "kind", "mode", "priority", "comparator", "action", "code"}
KINDS = {
    "a number for a text": replace(is_text, lambda value, chance: 7),
    "a text for a number or truth": replace(lambda value: isinstance(value, (int, float)), lambda value, chance: str(value)),
    "a text for an object": replace(lambda value: isinstance(value, dict), lambda value, chance: "text"),
    "an object for a text": replace(is_text, lambda value, chance: {"value": value}),
    "a list for one": replace(lambda value: not isinstance(value, list), lambda value, chance: [value]),
    "one for a list": replace(lambda value: isinstance(value, list) and value, lambda value, chance: value[0]),
    "an empty list": replace(lambda value: isinstance(value, list), lambda value, chance: []),
    "an empty object": replace(lambda value: isinstance(value, dict), lambda value, chance: {}),
    "an empty text": replace(is_text, lambda value, chance: ""),
    "null": replace(lambda value: True, lambda value, chance: None),
    "an element left out": left_out,
    "an unknown element": added("colour", "green"),
    "a misspelt element": misspelt,
    "a value that is not there": added("valueString", "x"),
    "a code of nobody": named(CODES, lambda value, chance: "no-such-code"),
    "a date of nobody": replace(is_date, lambda value, chance: chance.choice(["2013-13-01", "2013-2-1", "2013-02-30", "yesterday", "13"])),
    "a reference to nothing": named({"reference"}, lambda value, chance: chance.choice(["#nobody", "Nothing/1", "Patient/", "not a reference"])),
    "an id with a blank": named({"id"}, lambda value, chance: "a b"),
    "a system that is no address": named({"system"}, lambda value, chance: "not an address"),
    "an extension without address": added("extension", [{"valueString": "x"}]),
    "an extension that says nothing": added("extension", [{"url": "http://example.org/x"}]),
    "less than nothing": replace(lambda value: isinstance(value, int) and not isinstance(value, bool), lambda value, chance: -1),
    "half of a whole number": replace(lambda value: isinstance(value, int) and not isinstance(value, bool), lambda value, chance: 1.5),
}


def java_errors(files):
    command = ["java", "-Xmx2g", "-cp", os.environ["TASUKI_JAVA_VALIDATOR"], str(pathlib.Path(__file__).with_name("JavaVerdicts.java"))]
    told = subprocess.run(command, input="".join(f"{file}\n" for file in files), capture_output=True, text=True, check=True)
    lines = [line for line in told.stdout.splitlines() if line.startswith("[")]
    assert len(lines) == len(files), f"{len(lines)} verdicts for {len(files)} files\n{told.stderr[-2000:]}"
    return [json.loads(line) for line in lines]


def our_errors(files, folder):
    settings = folder / "tasuki.toml"
    settings.write_text(f'[data]\nfolder = "{folder}/data"\n', encoding="utf-8")
    told = subprocess.run([PROGRAM, "validate", "--settings", str(settings), "--json", *map(str, files)],
                          capture_output=True, text=True)
    assert told.returncode in (0, 3), told.stderr[-2000:]
    lines = told.stdout.splitlines()
    assert len(lines) == len(files), f"{len(lines)} verdicts for {len(files)} files"
    return [[f"{issue.get('expression', ['?'])[0]}: {issue.get('diagnostics', '')}"
             for issue in json.loads(line)["issue"] if issue["severity"] in ("error", "fatal")] for line in lines]


def mutants(examples, chance, folder):
    """(what was broken, where, file)"""
    made = []
    for example in examples:
        for kind in chance.sample(sorted(KINDS), MUTANTS_OF_EACH):
            resource = copy.deepcopy(example["resource"])
            place = KINDS[kind](resource, chance)
            if place is None:
                continue
            file = folder / f"{len(made)}.json"
            file.write_text(json.dumps(resource, ensure_ascii=False), encoding="utf-8")
            made.append((f"{example['name']}: {kind}: {place.lstrip('.')}", file))
    return made


# Where we differ on purpose: who alone finds errors, what each of them says, and why.
ON_PURPOSE = [
    ("ours", "is not a reference:",
     "R4 has Type/id, an absolute address, #id or urn (references.html#literal); the reference takes any text"),
    ("ours", "is an empty array", "no array is empty (json.html#primitive); the reference lets empty lists of texts pass"),
    ("theirs", "Error processing unit", "an unknown unit is a warning: thirty of the official examples have one"),
    ("theirs", "Unknown code 'http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm#",
     "a quantity's unknown code is a warning: ten of the official examples have one"),
    ("theirs", "#null'", "a coding may leave out its code; the reference looks for the code \"null\""),
    ("theirs", "HAPI-0676", "a rule that cannot be worked out is told for information; the reference takes it as broken"),
    ("theirs", "is not valid in the code system", "a map's unknown code is a warning: four official maps have some"),
]


def reason(ours, theirs):
    whose, errors = ("ours", ours) if ours else ("theirs", theirs)
    for side, words, why in ON_PURPOSE:
        if side == whose and all(words in error for error in errors):
            return why
    return None


def tally(agreed, disagreements, excused):
    folder = os.environ.get("TASUKI_CONFORMANCE")
    if folder:
        text = json.dumps({"suite": "java-verdicts", "passed": agreed, "failed": disagreements, "exceptions": excused})
        (pathlib.Path(folder) / "java-verdicts.json").write_text(text, encoding="utf-8")


def main():
    if not os.environ.get("TASUKI_JAVA_VALIDATOR"):
        print("SKIP: TASUKI_JAVA_VALIDATOR names no reference validator to compare with")
        return 0
    if not SET.is_dir():
        print(f"SKIP: {SET} is not here")
        return 0
    chance = random.Random(SEED)
    with tempfile.TemporaryDirectory(prefix="tasuki-verdicts-") as name:
        folder = pathlib.Path(name)
        files = sorted(file for file in SET.glob("*.json") if file.stat().st_size <= BYTES_MAX)
        both = zip(files, java_errors(files), our_errors(files, folder))
        examples = [{"name": file.stem, "resource": json.loads(file.read_text(encoding="utf-8"))}
                    for file, theirs, ours in both if not theirs and not ours]
        made = mutants(examples, chance, folder)
        print(f"{len(files)} examples, {len(examples)} valid to both, {len(made)} mutants")
        judged = [file for _, file in made]
        disagreements, excused = [], []
        for (what, _), theirs, ours in zip(made, java_errors(judged), our_errors(judged, folder)):
            if bool(theirs) == bool(ours):
                continue
            if why := reason(ours, theirs):
                excused.append({"id": what, "reason": why})
            else:
                words = f"ours: {'; '.join(ours) or 'valid'} theirs: {'; '.join(theirs) or 'valid'}"
                disagreements.append({"id": what, "what": words})
    for one in disagreements:
        print("DIFFERS:", one["id"], "|", one["what"][:400])
    agreed = len(made) - len(disagreements) - len(excused)
    tally(agreed, disagreements, excused)
    print(f"{agreed} of {len(made)} verdicts agree, {len(excused)} differ on purpose")
    return 0 if made and len(disagreements) <= 0.01 * len(made) else 1


sys.exit(main())
