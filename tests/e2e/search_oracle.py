#!/usr/bin/env python3
"""Search with known answers: 92,114 resources through the real interface, then every query of the reference set.

The numbers are another server's (Blaze, its continuous integration), recomputed in part by a third program: see the
set's README. All bundles go in (several minutes in a Debug build), so it runs under TASUKI_LONG=1 or with --all.
Tally: search-oracle.
"""
import bz2
import concurrent.futures
import http.client
import json
import os
import pathlib
import sys
import time
import urllib.parse

from harness import Server

SET = pathlib.Path(os.environ.get("TASUKI_REFERENCE_FOLDER") or pathlib.Path(__file__).resolve().parents[2].parent / "shared/ref") / "search-oracle"
LOADERS = 4


class Oracle:
    def __init__(self, server):
        self.server = server
        self.headers = server.sign_in()
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)

    def load(self):
        files = sorted((SET / "bundles").iterdir())
        first = [file for file in files if file.name.startswith("0-")]  # whom the others refer to by identifier
        for file in first:
            self.post(file)
        with concurrent.futures.ThreadPoolExecutor(LOADERS) as pool:
            list(pool.map(self.post, [file for file in files if file not in first]))

    def post(self, file):
        status, _, answer = self.server.request("POST", "/fhir", bz2.decompress(file.read_bytes()), self.headers,
                                                http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=600))
        refused = [entry["response"] for entry in answer.get("entry", []) if entry["response"]["status"][0] != "2"]
        if status != 200 or refused:
            raise RuntimeError(f"{file.name} is not taken: {status} {json.dumps(refused or answer, ensure_ascii=False)[:600]}")

    def ask(self, path, method="GET", body=None, headers=None):
        status, _, answer = self.server.request(method, path, body, {**self.headers, **(headers or {})}, self.connection)
        if status != 200:
            raise Wrong(f"{method} {path[:200]}: {status} {json.dumps(answer, ensure_ascii=False)[:400]}")
        return answer

    def entries(self, path, count=1000):
        """Every entry of every page; path without _count."""
        link = f"/fhir/{path}" + ("" if "_count=" in path else f"{'&' if '?' in path else '?'}_count={count}")
        while link:
            bundle = self.ask(link)
            yield from bundle.get("entry", [])
            link = next((each["url"] for each in bundle.get("link", []) if each["relation"] == "next"), None)
            if link:
                parts = urllib.parse.urlsplit(link)
                link = f"{parts.path}?{parts.query}"

    def patient(self, search):
        found = [entry["resource"]["id"] for entry in self.entries(quoted(search))]
        if len(found) != 1:
            raise Wrong(f"{search} finds {len(found)} patients")
        return found[0]


class Wrong(Exception):
    pass


def quoted(path):
    return urllib.parse.quote(path, safe="/?&=:,$*_-.|~")


def same(what, got, wanted):
    if got != wanted:
        raise Wrong(f"{what}: {got}, should be {wanted}")


def with_query(query):
    return f"{query['type']}?{quoted(query['query'])}"


# ---- one function a kind

def total(oracle, query):
    separator = "" if "_summary=count" in query["query"] else "&_summary=count"
    same("total", oracle.ask(f"/fhir/{with_query(query)}{separator}").get("total"), query["total"])


def total_and_download(oracle, query):
    total(oracle, query)
    ids = [entry["resource"]["id"] for entry in oracle.entries(with_query(query))
           if entry.get("search", {}).get("mode", "match") == "match"]
    same("matches on all pages", len(ids), query["total"])
    same("distinct ones", len(set(ids)), query["total"])


def sorted_download(oracle, query):
    keys = {"_id": lambda resource: resource["id"], "_lastUpdated": lambda resource: resource["meta"]["lastUpdated"]}
    sort = urllib.parse.parse_qs(query["query"])["_sort"][0]
    key = keys[sort.lstrip("-")]
    resources = [entry["resource"] for entry in oracle.entries(with_query(query))]
    same("matches on all pages", len(resources), query["total"])
    same("distinct ones", len({resource["id"] for resource in resources}), query["total"])
    values = [key(resource) for resource in resources]
    if values != sorted(values, reverse=sort.startswith("-")):
        raise Wrong("the pages are not in the order asked for")


def total_async(oracle, query):
    total(oracle, query)


def compartment(oracle, query):
    path = query["path"].replace("{id}", oracle.patient(query["patient"]))
    same("total", oracle.ask(f"/fhir/{path}?{quoted(query['query'])}").get("total"), query["total"])


def everything(oracle, query):
    path = f"Patient/{oracle.patient(query['patient'])}/$everything"
    resources = [entry["resource"] for entry in oracle.entries(f"{path}?{query['query']}" if query["query"] else path)]
    counts = {}
    for resource in resources:
        counts[resource["resourceType"]] = counts.get(resource["resourceType"], 0) + 1
    same("no resource twice", len({(each["resourceType"], each["id"]) for each in resources}), len(resources))
    # Blaze leaves out whom the compartment's resources refer to, and R4 asks a server to give them.
    referred = {"Organization", "Practitioner", "PractitionerRole", "Location"} - set(query["typeCounts"])
    same("counts by type", {name: count for name, count in sorted(counts.items()) if name not in referred},
         dict(sorted(query["typeCounts"].items())))


def revinclude(oracle, query):
    seen = {}
    for entry in oracle.entries(with_query(query)):
        seen.setdefault(entry["resource"]["resourceType"], set()).add(entry["resource"]["id"])
    same("resources by type", {name: len(ids) for name, ids in sorted(seen.items())}, dict(sorted(query["expect"].items())))


def elements(oracle, query):
    expected = query["expect"]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    by_get = [entry["resource"] for entry in oracle.entries(with_query(query))]
    by_post = oracle.ask(f"/fhir/{query['type']}/_search", "POST", query["query"], form)
    for resources in (by_get, [entry["resource"] for entry in by_post["entry"]]):
        same("resources with a code", sum("code" in each for each in resources), expected["resourcesWithCode"])
        marked = [any(tag["code"] == "SUBSETTED" for tag in each["meta"].get("tag", [])) for each in resources]
        same("all are marked SUBSETTED", all(marked), True)
    same("distinct subjects", len({each["subject"]["reference"] for each in by_get}), expected["distinctSubjects"])


def summary(oracle, query):
    resources = [entry["resource"] for entry in oracle.entries(with_query(query))]
    for element, count in query["expect"]["resourcesWithElement"].items():
        same(f"resources with {element}", sum(element in each for each in resources), count)


def contained(oracle, query):
    resources = [entry["resource"] for entry in oracle.entries(with_query(query))]
    same("resources", len(resources), 4769)
    for each in resources:
        kinds = sorted(inner["resourceType"] for inner in each.get("contained", []))
        same(f"contained in {each['id']}", kinds, ["Coverage", "ServiceRequest"])
        coverage = next(inner for inner in each["contained"] if inner["resourceType"] == "Coverage")
        same(f"the Coverage in {each['id']}", all(name in coverage for name in ("type", "beneficiary", "payor")), True)


# What we decided not to meet, and why.
EXCEPTIONS = {
    "q078": "leaves out an encounter from 31 December 2014 to 1 January 2015, in which care was given before the end asked for",
    "q080": "expects _elements to drop mandatory elements, which R4 advises to keep (search.html#elements; decision 0032)",
}

KINDS = {
    "search-total": total, "type-total": total, "search-total-and-download": total_and_download,
    "search-sorted-download": sorted_download, "search-total-async": total_async, "compartment-search": compartment,
    "patient-everything": everything, "revinclude-complete": revinclude, "elements": elements,
    "summary-true": summary, "contained-preserved": contained,
}


def main():
    if not (SET / "queries.json").is_file():
        print("SKIP search-oracle: TASUKI_REFERENCE_FOLDER has no such set")
        return 0
    if not (os.environ.get("TASUKI_LONG") or "--all" in sys.argv):
        print("SKIP search-oracle: long, see --long")
        return 0
    wanted = [argument for argument in sys.argv[1:] if argument.startswith("q")]
    queries = json.loads((SET / "queries.json").read_text(encoding="utf-8"))
    queries = queries["queries"] if isinstance(queries, dict) else queries
    tally = {"suite": "search-oracle", "passed": 0, "failed": [], "exceptions": []}
    with Server(settings='\n[search]\nzone = "Z"\n') as server:
        oracle = Oracle(server)
        started = time.monotonic()
        oracle.load()
        print(f"loaded in {time.monotonic() - started:.0f} s")
        for query in queries:
            if wanted and query["id"] not in wanted:
                continue
            started = time.monotonic()
            try:
                KINDS[query["kind"]](oracle, query)
                tally["passed"] += 1
                print(f"✓ {query['id']} {query['kind']} {time.monotonic() - started:.2f} s", flush=True)
            except (Wrong, KeyError) as problem:
                if query["id"] in EXCEPTIONS:
                    tally["exceptions"].append({"id": query["id"], "reason": EXCEPTIONS[query["id"]]})
                    print(f"– {query['id']}: {EXCEPTIONS[query['id']]}", flush=True)
                    continue
                tally["failed"].append({"id": query["id"], "what": str(problem)})
                print(f"✗ {query['id']} {query['kind']} {query.get('query', '')[:80]}: {problem}", flush=True)
    if not wanted and "TASUKI_CONFORMANCE" in os.environ:
        folder = pathlib.Path(os.environ["TASUKI_CONFORMANCE"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "search-oracle.json").write_text(json.dumps(tally, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{tally['passed']} checks passed, {len(tally['failed'])} failed")
    return 1 if tally["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
