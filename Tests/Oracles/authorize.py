"""Reads {"problems": [{"policies": Cedar, "contexts": [{...}, ...]}, ...]} from standard input and prints, for each context, whether Cedar
allows a request with it; a policy that fails to be evaluated is an error."""

import json
import sys

import cedarpy


def answers(problem):
    requests = [
        {"principal": 'User::"u"', "action": 'Action::"call"', "resource": 'Tool::"t"', "context": context}
        for context in problem["contexts"]
    ]
    results = cedarpy.is_authorized_batch(requests, problem["policies"], [])
    for result in results:
        if result.diagnostics.errors:
            sys.exit(f"{result.diagnostics.errors}\n{problem['policies']}")
    return [result.allowed for result in results]


json.dump([answers(problem) for problem in json.load(sys.stdin)["problems"]], sys.stdout)
