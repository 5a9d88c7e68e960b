"""Reads {"problems": [{"common": SMT-LIB, "queries": [SMT-LIB, ...]}, ...]} from standard input and prints, for each query, whether it can be so
beside what is common: "sat", "unsat" or "unknown"."""

import json
import sys

import z3


def answer(text):
    solver = z3.Solver()
    solver.set("timeout", 20_000)
    solver.from_string(text)
    return str(solver.check())


problems = json.load(sys.stdin)["problems"]
json.dump([[answer(problem["common"] + query) for query in problem["queries"]] for problem in problems], sys.stdout)
