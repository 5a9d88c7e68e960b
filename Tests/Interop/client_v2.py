"""A client on the 2.x line of the official SDK (both eras).

usage: client_v2.py MODE SCRIPT COMMAND...

MODE is how it connects (auto, legacy or a revision); SCRIPT is JSON: {"calls": [{"name", "arguments"}], "read": [uri], "prompts":
[{"name", "arguments"}]}. Prints one JSON object a line: {"step", "result"} or {"step", "error"}. Anything unforeseen is a traceback and
an exit code.
"""
import asyncio, json, sys
from mcp import Client, MCPError, StdioServerParameters


def plain(value):
    return value.model_dump(mode="json", by_alias=True, exclude_none=True) if hasattr(value, "model_dump") else value


async def say(step, work):
    try:
        print(json.dumps({"step": step, "result": plain(await work)}), flush=True)
    except MCPError as error:
        print(json.dumps({"step": step, "error": {"code": error.code, "message": error.message, "data": error.data}}), flush=True)


async def main(mode, script, command):
    server = StdioServerParameters(command=command[0], args=command[1:])
    async with Client(server, mode=mode, read_timeout_seconds=60) as client:
        print(json.dumps({"step": "connect", "revision": client.protocol_version}), flush=True)
        await say("tools", client.list_tools())
        for call in script.get("calls", []):
            await say("call " + call["name"], client.call_tool(call["name"], call.get("arguments", {})))
        for uri in script.get("read", []):
            await say("read " + uri, client.read_resource(uri))
        for prompt in script.get("prompts", []):
            await say("prompt " + prompt["name"], client.get_prompt(prompt["name"], prompt.get("arguments", {})))


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]))
