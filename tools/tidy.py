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
            if re.search(r"#include <(regex|iostream|boost/|rapidjson/|sqlite3|unicode/|openssl/)", text):
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
    findings = [f for check in (names, words, headers, boundaries, modules, links, layout) for f in check(files)]
    print("\n".join(findings))
    print(f"{len(files)} files, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
