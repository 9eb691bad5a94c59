#!/usr/bin/env python3
"""Writes src/base/charset_tables.inc: JIS X 0208 with NEC's and IBM's rows, and JIS X 0212, to Unicode.

Source of the pairs: Python's own codecs (euc_jp for the two standards, cp932 for rows 13, 89-92 and 115-119).
One string of 94 characters a row; U+FFFD where the row has a hole. Run it again only to change a choice made here.
"""
import pathlib

HOLE = "\ufffd"
# Python reads X 0212 22-37 as an ASCII tilde, which HL7 would take for its repetition separator.
CHOSEN_0212 = {(2, 23): "\uff5e"}


def decoded(data, codec):
    try:
        text = data.decode(codec)
    except UnicodeDecodeError:
        return HOLE
    return text if len(text) == 1 else HOLE


def cp932(row, column):
    lead = (row - 1) // 2 + (0x81 if row <= 62 else 0xC1)
    trail = column + (0x3F if column < 64 else 0x40) if row % 2 else column + 0x9E
    return decoded(bytes([lead, trail]), "cp932")


def x0208(row, column):
    if row == 13 or row >= 89:
        return cp932(row, column)
    return decoded(bytes([0xA0 + row, 0xA0 + column]), "euc_jp")


def x0212(row, column):
    return CHOSEN_0212.get((row, column)) or decoded(bytes([0x8F, 0xA0 + row, 0xA0 + column]), "euc_jp")


def table(name, comment, rows, cell):
    yield f"// {comment}"
    yield f"constexpr std::u16string_view {name}[] = {{"
    for row in rows:
        text = "".join(cell(row, column) for column in range(1, 95))
        assert all(c >= "\x80" for c in text), (row, text)
        yield "    {}," if set(text) == {HOLE} else f'    u"{text.rstrip(HOLE)}",  // {row}'
    yield "};"


def main():
    lines = ["// Written by tools/jis_tables.py from Python's codecs; not edited by hand."]
    lines += table("jis_x_0208_rows", "Rows 1 to 119 (95 to 114 are empty): JIS X 0208, NEC 13 and 89-92, IBM 115-119.", range(1, 120), x0208_or_ibm)
    lines += table("jis_x_0212_rows", "JIS X 0212, rows 1 to 94.", range(1, 95), x0212)
    out = pathlib.Path(__file__).resolve().parent.parent / "src/base/charset_tables.inc"
    out.write_text("\n".join(lines) + "\n", encoding="utf-8")


def x0208_or_ibm(row, column):
    return HOLE if 95 <= row <= 114 else x0208(row, column)


if __name__ == "__main__":
    main()
