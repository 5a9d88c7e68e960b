#!/usr/bin/env python3
"""Ratios to other validators, set by set.

    compare-schemas.py BENCHMARK JSONSCHEMA [LOOPS]

BENCHMARK is the built SchemasBenchmark, JSONSCHEMA the binary of `sourcemeta-jsonschema` (Blaze). The interpreter must have
`jsonschema_rs`; it validates Python's own objects, so its figures for a parsed document hold the reading of those, and from bytes
those of Python's parser. Medians throughout, but Blaze itself reports only the mean of a run: of it, the median of five runs.
"""
import json, re, statistics, subprocess, sys, tempfile, time

import jsonschema_rs


def blaze(binary, schema, instance, loops):
    out = subprocess.run([binary, "validate", schema, instance, "--fast", "--benchmark", "--loop", str(loops)],
                         capture_output=True, text=True).stdout
    return float(re.search(r"PASS ([0-9.]+)", out).group(1)) * 1000


def median(body, runs=200, rounds=15):
    times = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        for _ in range(runs):
            body()
        times.append((time.perf_counter_ns() - start) / runs)
    return statistics.median(times)


def main():
    benchmark, binary = sys.argv[1:3]
    loops = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    own = json.loads(subprocess.run([benchmark, "json"], capture_output=True, text=True, check=True).stdout)
    ratios, totals = [], []
    print("set                bytes   ours ns  blaze ns  blaze/ours   jsonschema-rs ns  rs/ours   from bytes: ours ns  rs ns  rs/ours")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([benchmark, "write", folder], check=True)
        for name, figure in own.items():
            schema, instance = f"{folder}/{name}.schema.json", f"{folder}/{name}.instance.json"
            document = json.load(open(schema))
            document.setdefault("$schema", "https://json-schema.org/draft/2020-12/schema")
            json.dump(document, open(schema, "w"))
            text = open(instance, "rb").read()
            value, validator = json.loads(text), jsonschema_rs.validator_for(document)
            assert validator.is_valid(value)
            theirs = statistics.median(blaze(binary, schema, instance, loops) for _ in range(5))
            rust = median(lambda: validator.is_valid(value))
            rust_total = median(lambda: validator.is_valid(json.loads(text)))
            ours, total = figure["validate"] / 10, figure["total"] / 10
            ratios.append(theirs / ours)
            totals.append(rust_total / total)
            print(f"{name:18} {figure['bytes']:5} {ours:9.0f} {theirs:9.0f} {theirs / ours:11.2f} {rust:18.0f} {rust / ours:8.1f}"
                  f" {total:20.0f} {rust_total:6.0f} {rust_total / total:8.1f}")
    print(f"median: blaze/ours {statistics.median(ratios):.2f}, from bytes jsonschema-rs/ours {statistics.median(totals):.1f}")


if __name__ == "__main__":
    main()
