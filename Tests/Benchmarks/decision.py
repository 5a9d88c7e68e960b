#!/usr/bin/env python3
"""One task decided by sallyport and by Cedar (PyPI `cedarpy`) in one run, and the cost of a decision in instructions and allocations.

Usage: decision.py [--cedar PYTHON] [--rules 10,100,1000]

The task: as many rules as agents, each rule lets one agent transfer at most 200.00 EUR; the caller is the last agent (`last`), one without
a rule (`none`), or the last with 250.00 (`over`). Needs `valgrind` for the counts. Build first: swift build -c release --product DecisionBenchmark
"""
import argparse
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BINARY = os.path.join(HERE, ".build", "release", "DecisionBenchmark")

CEDAR = r"""
import json, sys, time
import cedarpy
rules = int(sys.argv[1])
policies = "\n".join(
    f'permit(principal == Agent::"agent_{i}", action == Action::"transfer", resource == Tool::"bank") '
    f'when {{ context.amount.lessThanOrEqual(decimal("200.00")) && context.currency == "EUR" }};'
    for i in range(rules))
engine = cedarpy.PolicySet.from_str(policies)
def request(agent, amount):
    return {"principal": f'Agent::"{agent}"', "action": 'Action::"transfer"', "resource": 'Tool::"bank"',
            "context": {"amount": {"__extn": {"fn": "decimal", "arg": amount}}, "currency": "EUR"}}
entities = cedarpy.Entities.from_json_str("[]")
out = {}
for name, wanted, agent, amount in [("last", True, f"agent_{rules - 1}", "120.00"), ("none", False, "stranger", "120.00"),
                                    ("over", False, f"agent_{rules - 1}", "250.00")]:
    times = []
    deadline = time.perf_counter() + 2
    while len(times) < 5 or (len(times) < 200 and time.perf_counter() < deadline):
        start = time.perf_counter_ns()
        answer = cedarpy.is_authorized(request(agent, amount), engine, entities)
        times.append(time.perf_counter_ns() - start)
        assert answer.allowed == wanted, (name, answer)
    out[name] = sorted(times)[len(times) // 2]
    if getattr(answer, "metrics", None):
        out[name + " core"] = 1000 * answer.metrics.get("authz_duration_micros", 0)
print(json.dumps(out))
"""


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True)


def instructions(runs, *subject):
    log = run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", BINARY, "count", *subject, str(runs)).stderr
    return int(re.search(r"Collected : (\d+)", log).group(1))


def per_decision(count, *subject):
    """The difference of a short and a long run, so that starting up does not count."""
    return (count(2_100, *subject) - count(100, *subject)) / 2_000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cedar", default=sys.executable, help="a Python that has cedarpy")
    parser.add_argument("--rules", default="10,100,1000")
    arguments = parser.parse_args()
    for rules in arguments.rules.split(","):
        own = json.loads(run(BINARY, "task", rules).stdout)
        cedar = json.loads(run(arguments.cedar, "-c", CEDAR, rules).stdout)
        for question in ["last", "none", "over"]:
            ours, theirs = own[question], cedar[question]
            core = f", of which its core {cedar[question + ' core']} ns" if question + " core" in cedar else ""
            print(f"{rules} rules, {question}: sallyport {ours:.0f} ns ({own[question + ' parsed']:.0f} with parsing), "
                  f"cedarpy {theirs} ns{core}; ratio {theirs / ours:.0f}, with parsing {theirs / own[question + ' parsed']:.0f}")
    for spread in ["tools", "agents", "values", "denies"]:
        for rules in ["10", "1000"]:
            subject = (spread, rules, "last")
            print(f"{rules} rules over {spread}: {per_decision(instructions, *subject):.0f} instructions a decision")
    print(run(BINARY, "allocations").stdout, end="")


main()
