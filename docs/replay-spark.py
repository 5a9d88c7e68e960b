#!/usr/bin/env python3
"""Replays a recording in parts with Spark, and prints the same totals as one process would.

    python3 docs/replay-spark.py SALLYPORT RECORDING POLICY...

Calls of different agents share no limit and no label when `sallyport replay --partition-key` says `agent`: each part is
replayed by a `sallyport replay --shard` of its own, and `--merge` adds up what they print. When it says `none`, there is
one part. The recording is one that a single process wrote (one header).
"""

import itertools
import json
import subprocess
import sys
import tempfile

from pyspark import SparkConf, SparkContext

PREAMBLE = ("header", "policy", "tests", "caller")


def main() -> None:
    sallyport, recording, policies = sys.argv[1], sys.argv[2], sys.argv[3:]
    options = [word for policy in policies for word in ("--policy", policy)]
    key_of_policy = subprocess.run(
        [sallyport, "replay", "--partition-key", *options], check=True, capture_output=True, text=True
    ).stdout.strip()
    conf = SparkConf().setAppName("sallyport replay").setMaster("local[2]").set("spark.ui.enabled", "false")
    spark = SparkContext.getOrCreate(conf)
    spark.setLogLevel("ERROR")

    lines = spark.textFile(recording).filter(lambda line: line.startswith('{"k":"')).zipWithIndex().cache()
    kind = lambda line: line[6 : line.index('"', 6)]
    # What every part needs before its first call, in the order of the recording.
    preamble = [line for line, _ in lines.filter(lambda entry: kind(entry[0]) in PREAMBLE).collect()]
    events = lines.filter(lambda entry: kind(entry[0]) not in PREAMBLE)
    if key_of_policy == "agent":
        callers = {entry["n"]: entry.get("agent", "") for entry in map(json.loads, preamble) if entry["k"] == "caller"}
        records = events.map(lambda entry: (json.loads(entry[0]), entry)).cache()
        agent = lambda record: record.get("agent") or callers.get(record.get("c"), "")
        calls = records.filter(lambda pair: pair[0]["k"] == "call").map(lambda pair: (pair[0]["n"], agent(pair[0])))
        own = records.filter(lambda pair: "c" in pair[0]).map(lambda pair: (agent(pair[0]), (pair[1][1], pair[1][0])))
        answers = (
            records.filter(lambda pair: "c" not in pair[0])
            .map(lambda pair: (pair[0].get("n", -1), (pair[1][1], pair[1][0])))
            .leftOuterJoin(calls)
            .map(lambda joined: (joined[1][1] or "", joined[1][0]))
        )
        keyed = own.union(answers)
    else:
        keyed = events.map(lambda entry: ("", (entry[1], entry[0])))
    parts = keyed.partitionBy(8 if key_of_policy == "agent" else 1)
    ordered = parts.mapPartitions(
        lambda part: itertools.chain(preamble, (line for _, line in sorted(entry for _, entry in part)))
    )
    command = " ".join([sallyport, "replay", "--shard", *options, "--", "-"])
    partial = ordered.pipe(command, checkCode=True).collect()
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(partial) + "\n")
        file.flush()
        merged = [sallyport, "replay", "--merge", "--format", "json", file.name]
        sys.stdout.write(subprocess.run(merged, capture_output=True, text=True).stdout)
    spark.stop()


main()
