#!/usr/bin/env python3
"""What no compiler holds: formatting, words, the folder table, links and limits. Part of ./test; exit 1 on any finding.

Each check is a function that yields findings "file:line: what". --fix formats the sources in place.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ("app", "bench", "demo", "src", "tests", "tools")
FORBIDDEN_NAMES = re.compile(r"(^|/)(util|utils|common|helpers?|manager|misc)(\.|/|$)", re.I)
# Written apart so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(" + "work|root|farm" + r")/|registry\.npm" + r"js")
HALF_DONE = re.compile(r"\b(FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|\bTO" + r"DO(?!\(\w+\))")


def tracked():
    names = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.splitlines() if (ROOT / name).is_file()]


def sources(files):
    return [f for f in files if f.suffix in (".cpp", ".h") and f.relative_to(ROOT).parts[0] in OURS]


def text_of(file):
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def names(files):
    for file in files:
        relative = str(file.relative_to(ROOT))
        if FORBIDDEN_NAMES.search(relative) and not relative.startswith("web/"):
            yield f"{relative}:1: a name that says nothing; name what it holds"


def words(files):
    for file in files:
        for number, line in enumerate(text_of(file).splitlines(), 1):
            if MACHINE_PATHS.search(line):
                yield f"{file.relative_to(ROOT)}:{number}: a path or host of one machine"
            if file.suffix in (".cpp", ".h", ".py", ".ts", ".tsx") and HALF_DONE.search(line):
                yield f"{file.relative_to(ROOT)}:{number}: a marker of unfinished work; it carries a kind, such as (perf)"


def headers(files):
    for file in sources(files):
        text = text_of(file)
        if file.suffix == ".h":
            if "#pragma once" not in text:
                yield f"{file.relative_to(ROOT)}:1: no #pragma once"
            if not text.startswith("//"):
                yield f"{file.relative_to(ROOT)}:1: the first comment says why the file exists"
            # net's own streams, for its two servers alone.
            if not str(file).endswith("src/net/stream.h") and re.search(r"#include <(regex|iostream|boost/|rapidjson/|sqlite3|unicode/|openssl/)", text):
                yield f"{file.relative_to(ROOT)}:1: a heavy header belongs in the .cpp"


def boundaries(files):
    """Asio and Beast in net/ alone; the store is seen by record alone (law 1, again, for people)."""
    for file in sources(files):
        relative = str(file.relative_to(ROOT))
        text = text_of(file)
        if re.search(r"#include <boost/(asio|beast)", text) and not relative.startswith(("src/net/", "tests/net/")):
            yield f"{relative}:1: Asio and Beast are included in src/net only"
        if '#include "store/' in text and not relative.startswith(("src/store/", "src/record/", "tests/store/", "tests/record/", "bench/store")):
            yield f"{relative}:1: only record sees the store (law 1)"
        if relative.startswith("src/formats/"):
            folder = relative.split("/")[2]
            for other in re.findall(r'#include "formats/(\w+)/', text):
                if other != folder and (folder, other) != ("ssmix2", "hl7v2"):
                    yield f"{relative}:1: formats do not see one another"


def modules(_):
    table = (ROOT / "src/CMakeLists.txt").read_text()
    listed = set(re.findall(r"^module\((\w+)", table, re.M))
    for folder in sorted((ROOT / "src").iterdir()):
        if not folder.is_dir():
            continue
        if folder.name not in listed:
            yield f"src/{folder.name}:1: not in the table of src/CMakeLists.txt"
        readme = folder / "README.md"
        if not readme.is_file():
            yield f"src/{folder.name}:1: no README.md"
        elif not readme.read_text().startswith(f"# {folder.name}"):
            yield f"src/{folder.name}/README.md:1: the first line names the module: # {folder.name}"


DECLARED = re.compile(
    r"^(?:template <[^>]*> ?)?(?P<kind>struct|class|enum class|using|union)?\s*"
    r"(?P<before>[\w:<>,&*\[\] ]*?[&*\s])?(?P<name>[A-Za-z_]\w*)\s*(?: final)?\s*(?P<after>\(|\[|=|\{|;|:(?!:)|$)")
NOT_NAMES = {"if", "for", "while", "switch", "return", "namespace", "else", "do", "public", "private", "TRY", "CHECK", "final"}


def inner_names(text):
    """(namespace, name, what) of what a file declares without a namespace name, one a declaration at the margin."""
    where, inner = "", False
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if opened := re.match(r"namespace ([\w:]+) \{", line):
            where = opened[1]
        elif line == "namespace {":
            inner = True
        elif line.startswith("}  // namespace"):
            inner = False
        elif inner and line[:1].isalpha():
            declared = DECLARED.match(line)
            if not declared or declared["name"] in NOT_NAMES or "operator" in line:
                continue
            if declared["kind"] and declared["after"] == ";":
                continue  # a forward declaration
            if declared["kind"] == "using" or (
                    not declared["kind"] and (not declared["before"] or declared["before"].startswith("namespace"))):
                continue  # an alias may be said twice; the rest of a longer line
            is_function = declared["after"] == "(" and not declared["kind"]
            # Overloads may share a name: a function is its parameters too.
            rest = " ".join(lines[index:index + 4])[declared.start("name"):]
            types = re.sub(r"\b\w+(?=[,)])", "", rest[:rest.find(")") + 1]) if is_function else ""
            yield where, declared["name"], re.sub(r"\s+", "", types)


def unity(files):
    """The release build joins a module's files (docs/decisions/0001), so inner names are one to a namespace."""
    seen = {}
    table = (ROOT / "src/CMakeLists.txt").read_text()
    apart = {name for names in re.findall(r"set_source_files_properties\(([^)]*)SKIP_UNITY", table) for name in names.split()}
    apart_folders = tuple(re.findall(r"file\(GLOB_RECURSE apart CONFIGURE_DEPENDS (\S+)\*\.cpp\)", table))
    for file in sources(files):
        relative = file.relative_to(ROOT)
        inside = "/".join(relative.parts[1:])
        if inside in apart or (apart_folders and inside.startswith(apart_folders)):
            continue
        if file.suffix != ".cpp" or relative.parts[0] != "src":
            continue
        for where, name, types in set(inner_names(text_of(file))):
            seen.setdefault((relative.parts[1], where, name), []).append((str(relative), types))
    for (_, where, name), places in sorted(seen.items()):
        for relative, types in places[1:]:
            clash = next((other for other, its in places if other != relative and (its == types or not its or not types)), None)
            if clash:
                yield f"{relative}:1: {name} of {where} is also in {clash}; joined files (release) clash"


def links(files):
    for file in files:
        if file.suffix != ".md":
            continue
        for number, line in enumerate(text_of(file).splitlines(), 1):
            for target in re.findall(r"\]\(([^)#\s]+)", line):
                if not target.startswith(("http:", "https:", "mailto:")) and not (file.parent / target).exists():
                    yield f"{file.relative_to(ROOT)}:{number}: the link to {target} leads nowhere"


def layout(files):
    clang = next((c for c in ("clang-format-14", "clang-format") if subprocess.run(["which", c], capture_output=True).returncode == 0), None)
    if clang is None:
        print("SKIP layout: clang-format is not installed")
        return
    todo = [str(f) for f in sources(files)]
    if "--fix" in sys.argv:
        subprocess.run([clang, "-i", *todo], check=True)
        return
    found = subprocess.run([clang, "--dry-run", *todo], capture_output=True, text=True).stderr
    seen = set()
    for name, line in re.findall(r"^(\S+?):(\d+):\d+: warning: code should be clang-formatted", found, re.M):
        if name not in seen:
            seen.add(name)
            yield f"{pathlib.Path(name).relative_to(ROOT)}:{line}: not formatted (tools/tidy.py --fix)"


def main():
    files = tracked()
    findings = [f for check in (names, words, headers, boundaries, modules, unity, links, layout) for f in check(files)]
    print("\n".join(findings))
    print(f"{len(files)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
