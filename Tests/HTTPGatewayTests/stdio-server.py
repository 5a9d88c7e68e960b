"""A stdio MCP server of both eras for ProcessTests: python3 stdio-server.py TOOLS JOURNAL.

Calls of `echo` do what their text says. What it is told of cancellations goes to the journal, a line each.
"""

import json, os, sys

TOOLS, JOURNAL = json.loads(sys.argv[1])["tools"], sys.argv[2]
held, question = [], None


def say(message):
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def answer(request, result):
    if "io.modelcontextprotocol/protocolVersion" in request.get("params", {}).get("_meta", {}):
        result = {**result, "resultType": "complete"}
    say({"id": request["id"], "result": result})


def text(request, value):
    answer(request, {"content": [{"type": "text", "text": value}]})


def call(request):
    global question
    parameters = request["params"]
    token = parameters.get("_meta", {}).get("progressToken")
    word = parameters.get("arguments", {}).get("text", "")
    if word == "crash":
        os._exit(3)
    elif word == "pid":
        text(request, str(os.getpid()))
    elif word == "environment":
        text(request, " ".join(sorted(os.environ)))
    elif word == "hold":
        held.append(request)
    elif word == "release":
        text(request, "released")
        for one in reversed(held):
            text(one, "held as %s" % json.dumps(one["id"]))
        held.clear()
    elif word == "progress":
        say({"method": "notifications/progress", "params": {"progressToken": token, "progress": 1}})
        text(request, "with progress")
    elif word == "ask":
        question = request
        schema = {"type": "object", "properties": {"name": {"type": "string"}}}
        say({"id": 0, "method": "elicitation/create", "params": {"mode": "form", "message": "Who?", "requestedSchema": schema}})
    elif word == "noise":
        sys.stderr.write("half a line")
        sys.stdout.write("this is no message\n")
        text(request, "after noise")
    else:
        text(request, word)


for line in sys.stdin:
    request = json.loads(line)
    method = request.get("method")
    if method is None:
        text(question, "it is " + request["result"]["content"]["name"])
    elif method == "initialize":
        version = request["params"]["protocolVersion"]
        answer(request, {"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": {"name": "stub", "version": "1"}})
    elif method == "tools/list":
        answer(request, {"tools": TOOLS})
    elif method == "tools/call":
        call(request)
    elif method == "notifications/cancelled":
        with open(JOURNAL, "a") as journal:
            journal.write("cancelled %s\n" % json.dumps(request["params"]["requestId"]))
    elif "id" in request:
        answer(request, {})
