#!/usr/bin/env python3
"""Instructions for one validation of a parsed document, ours and Blaze's, set by set.

    count-schemas.py BENCHMARK JSONSCHEMA [SET …]

BENCHMARK is the built SchemasBenchmark, JSONSCHEMA the binary of `sourcemeta-jsonschema` (Blaze); `valgrind` must be on the path. Each
program validates a set some times and some more; the difference of the counts, divided by the difference of the times, is one validation.
"""
import json, os, re, statistics, subprocess, sys, tempfile
from concurrent.futures import ThreadPoolExecutor


def instructions(command):
    run = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"] + command
    return int(re.search(r"Collected : (\d+)", subprocess.run(run, capture_output=True, text=True, check=True).stderr).group(1))


def each(command, fewer, more):
    return (instructions(command(more)) - instructions(command(fewer))) / (more - fewer)


def main():
    benchmark, binary = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([benchmark, "write", folder], check=True)
        names = sys.argv[3:] or subprocess.run([benchmark, "names"], capture_output=True, text=True, check=True).stdout.split()
        for name in names:
            path = f"{folder}/{name}.schema.json"
            schema = json.load(open(path))
            schema.setdefault("$schema", "https://json-schema.org/draft/2020-12/schema")
            json.dump(schema, open(path, "w"))

        def measure(name):
            schema, instance = f"{folder}/{name}.schema.json", f"{folder}/{name}.instance.json"
            ours = each(lambda runs: [benchmark, "count", name, str(runs)], 20, 120)
            total = each(lambda runs: [benchmark, "bytes", name, str(runs)], 20, 120)
            theirs = each(lambda runs: [binary, "validate", schema, instance, "--fast", "--benchmark", "--loop", str(runs)], 50, 150)
            return ours, total, theirs

        with ThreadPoolExecutor(2) as pool:
            figures = list(pool.map(measure, names))
    print("| set | ours | Blaze | Blaze/ours | ours from bytes |\n|---|---:|---:|---:|---:|")
    for name, (ours, total, theirs) in zip(names, figures):
        print(f"| {name} | {ours:,.0f} | {theirs:,.0f} | {theirs / ours:.2f} | {total:,.0f} |")
    print(f"| **median** | | | **{statistics.median(theirs / ours for ours, _, theirs in figures):.2f}** | |")


if __name__ == "__main__":
    main()
