#!/usr/bin/env python3
"""ucum_table.py <folder with units.js and prefixes.js> <table.inc>: the units of UCUM as rows of C++. Run by the build.

Each unit's definition is followed down to the base units here, with exact fractions, so that the program parses no
definition when it starts. The package's modules are read as text and never run. UCUM 2.2, tables 1 to 22.
"""
import json
import re
import sys
from fractions import Fraction

BASE = ["m", "s", "g", "rad", "K", "C", "cd"]
# The package leaves out which units are arbitrary (UCUM 24): those defined as plain 1 among the clinical and chemical
# units, but for these: a view, two turbidities, the Hounsfield scale.
NOT_ARBITRARY = {"[HPF]", "[NTU]", "[FNU]", "[hnsf'U]"}
FUNCTIONS = {
    "Cel": "celsius", "degF": "fahrenheit", "degRe": "reaumur", "pH": "minus_lg", "ln": "ln", "lg": "lg", "lgTimes2": "lg_times_2",
    "ld": "ld", "tanTimes100": "tan_times_100", "100tan": "tan_times_100", "sqrt": "sqrt",
    "hpX": "minus_lg", "hpC": "potency_100", "hpM": "potency_1000", "hpQ": "potency_50000",
}


def read(path, name):
    """The object literal called `name` in a module: JSON but for bare keys and commas at the end."""
    text = open(path, encoding="utf-8").read()
    start = text.index("{", text.index(name))
    text = text[start:text.index("};", start) + 1]
    token = re.compile(r'("(?:\\.|[^"\\])*")|(-?\d[\w.]*(?:[-+]\d+)?)|([^\W\d]\w*)|.|\s+', re.S)
    words = (f'"{m.group(3)}"' if m.group(3) and m.group(3) not in ("true", "false") else m.group() for m in token.finditer(text))
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", "".join(words)))


class Factor:
    """fraction * 10^ten * pi^pi, with the powers of the base units."""

    def __init__(self, value=Fraction(1), pi=0, powers=None):
        self.value, self.pi, self.powers = value, pi, powers or [0] * len(BASE)

    def times(self, other, power=1):
        return Factor(self.value * other.value ** power, self.pi + other.pi * power,
                      [a + b * power for a, b in zip(self.powers, other.powers)])


class Table:
    def __init__(self, folder):
        self.units = read(f"{folder}/units.js", "units =")
        self.prefixes = {code: Fraction(str(row["value"])) for code, row in read(f"{folder}/prefixes.js", "prefixes =").items()}
        self.prefix_rows = read(f"{folder}/prefixes.js", "prefixes =")
        self.known = {}

    def unit(self, code):
        if code not in self.known:
            self.known[code] = self.resolve(code)
        return self.known[code]

    def resolve(self, code):
        row = self.units[code]
        if row.get("isBaseUnit"):
            return Factor(powers=[int(code == base) for base in BASE])
        if code in ("10*", "10^"):
            return Factor(Fraction(10))
        if code == "[pi]":
            return Factor(pi=1)
        definition = row["value"].get("function") or row["value"]
        if definition.get("name") == "100tan":  # an angle, whatever it is written in
            definition = {"value": "1", "Unit": "rad"}
        return Factor(Fraction(definition["value"])).times(self.expression(definition["Unit"]))

    def expression(self, text):
        """The expressions of definitions: symbols, numbers, '.', '/', exponents; no parentheses, no annotations."""
        result, sign = Factor(), 1
        for part in re.findall(r"[./]|[^./\[]*(?:\[[^\]]*\])?[^./\[]*", text):
            if part in (".", "/"):
                sign = 1 if part == "." else -1
            elif part:
                result = result.times(self.component(part), sign)
        return result

    def component(self, text):
        if text.isdigit():
            return Factor(Fraction(text))
        symbol, power = re.fullmatch(r"(10[*^]|.*?)([+-]?\d+)?", text).groups()
        power = int(power or 1)
        if symbol in self.units:
            return Factor().times(self.unit(symbol), power)
        for size in (2, 1):
            if symbol[:size] in self.prefixes and symbol[size:] in self.units:
                scaled = Factor(self.prefixes[symbol[:size]]).times(self.unit(symbol[size:]))
                return Factor().times(scaled, power)
        raise SystemExit(f"{text} in a definition is no unit")


def decimal(number):
    """A whole number as {high, low, exponent}: 128 bits and a power of ten."""
    exponent = 0
    while number % 10 == 0:
        number, exponent = number // 10, exponent + 1
    if number >= 10 ** 38:
        raise SystemExit(f"{number} has too many digits")
    return f"{{{number >> 64:#x}, {number & (2 ** 64 - 1):#x}, {exponent}}}"


def fraction(value):
    """With the powers of ten of both sides taken out, so that 1/1000 is 1 and an exponent."""
    top, bottom, shift = value.numerator, value.denominator, 0
    while bottom % 2 == 0 or bottom % 5 == 0:  # 2^a 5^b below the line becomes a power of ten
        by = 5 if bottom % 2 == 0 else 2
        if top * by >= 10 ** 60:
            break
        top, bottom, shift = top * by, bottom // (10 // by), shift - 1
    whole = decimal(top)
    high, low, exponent = whole.strip("{}").split(", ")
    return f"{{{high}, {low}, {int(exponent) + shift}}}, {decimal(bottom)}"


def text(words):
    plain = re.sub(r"<[^>]*>", "", words or "")
    return json.dumps(re.sub(r"\s+", "", plain), ensure_ascii=False)


def main():
    table = Table(sys.argv[1])
    rows = []
    for code, row in sorted(table.units.items(), key=lambda item: item[0].encode()):
        factor = table.unit(code)
        special = row["value"].get("function", {}).get("name")
        plain_one = (row["value"]["Unit"], row["value"].get("value")) in (("1", "1"), ("[iU]", "1"))
        arbitrary = plain_one and row["class"] in ("chemical", "clinical") and not special and code not in NOT_ARBITRARY
        same_as = "[iU]" if code == "[IU]" else code  # the one pair of arbitrary units that are one unit
        rows.append("{%s, %s, %s, %s, %s, %d, {{%s}}, %s, %s, Special::%s}," % (
            json.dumps(code), json.dumps(row["name"], ensure_ascii=False), text(row.get("printSymbol")),
            json.dumps(same_as if arbitrary else ""), fraction(factor.value), factor.pi, ", ".join(map(str, factor.powers)),
            str(bool(row["isMetric"])).lower(), str(special is not None).lower(), FUNCTIONS[special] if special else "none"))
    prefixes = ["{%s, %s, %s, %s}," % (json.dumps(code), json.dumps(row["name"]), text(row["printSymbol"]), fraction(table.prefixes[code]))
                for code, row in sorted(table.prefix_rows.items(), key=lambda item: item[0].encode())]
    with open(sys.argv[2], "w", encoding="utf-8") as out:
        out.write("// Written by tools/ucum_table.py from ucum-essence; see src/fhir/ucum/README.md for its licence.\n")
        out.write("constexpr Row units[] = {\n" + "\n".join(rows) + "\n};\n")
        out.write("constexpr Prefix prefixes[] = {\n" + "\n".join(prefixes) + "\n};\n")


main()
