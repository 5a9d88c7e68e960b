#!/usr/bin/env python3
"""Writes Sources/Filters/Normalisation/CharacterTables.swift from the Unicode data that Python carries: run it at the project's root.

An entry is a first character, how many follow it in step, and what the first becomes: `FF01+94>!`. A blank is written `_`, which nothing becomes.
"""
import unicodedata

LAST = 0x10FFFF


def characters():
    return (chr(value) for value in range(0x80, LAST + 1) if not 0xD800 <= value <= 0xDFFF)


def compatible(character):
    """The ASCII that a character is another shape of."""
    plain = unicodedata.normalize("NFKC", character)
    return plain if plain.isascii() else None


def unaccented(character):
    """The ASCII letter under a letter's marks."""
    base, *marks = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", character))
    marked = marks and all(unicodedata.category(mark) == "Mn" for mark in marks)
    return base if marked and base.isascii() and base.isalpha() else None


def entries(fold):
    folded = [(ord(character), text) for character in characters() if (text := fold(character)) is not None]
    runs = []
    for value, text in folded:
        if runs:
            first, count, start = runs[-1]
            if len(text) == len(start) == 1 and value == first + count and ord(text) == ord(start) + count:
                runs[-1] = (first, count + 1, start)
                continue
        runs.append((value, 1, text))
    for first, count, text in runs:
        assert "_" not in text or count > 1 or text == "_"
        yield f"{first:X}" + (f"+{count}" if count > 1 else "") + ">" + ("_" if text == " " else "__" if text == "_" else text)


def block(name, comment, fold):
    lines = []
    for entry in entries(fold):
        if lines and len(lines[-1]) + len(entry) < 132:
            lines[-1] += " " + entry
        else:
            lines.append(entry)
    text = "\n".join("    " + line for line in lines)
    return f'  /// {comment}\n  static let {name} = #"""\n{text}\n    """#\n'


with open("Sources/Filters/Normalisation/CharacterTables.swift", "w") as file:
    file.write("/// Made by Tests/Unicode/characters.py from Unicode %s. Read by `CharacterKinds`.\n" % unicodedata.unidata_version)
    file.write("enum CharacterTables {\n")
    file.write(block("compatible", "Characters whose compatibility form (NFKC) is ASCII.", compatible) + "\n")
    file.write(block("accented", "Letters that are an ASCII letter with marks.", unaccented))
    file.write("}\n")
