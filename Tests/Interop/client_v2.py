"""A client on the 2.x line of the official SDK (both eras).

usage: client_v2.py MODE SCRIPT (COMMAND... | URL)

MODE is how it connects (auto, legacy or a revision); SCRIPT is JSON: {"calls": [{"name", "arguments"}], "read": [uri], "prompts":
[{"name", "arguments"}]}. Prints one JSON object a line: {"step", "result"} or {"step", "error"}. Anything unforeseen is a traceback and
an exit code. MCP_TOKEN in the environment is a bearer token for the URL.
"""
import asyncio, json, os, sys
from jsonschema import Draft202012Validator, FormatChecker
import httpx2
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import ElicitResult


def plain(value):
    return value.model_dump(mode="json", by_alias=True, exclude_none=True) if hasattr(value, "model_dump") else value


async def say(step, work):
    try:
        print(json.dumps({"step": step, "result": plain(await work)}), flush=True)
    except MCPError as error:
        print(json.dumps({"step": step, "error": {"code": error.code, "message": error.message, "data": error.data}}), flush=True)


def answering(script):
    """A person who answers every question as the script says, and whose client prints what was asked; nobody when it says nothing."""
    if "answer" not in script:
        return None

    async def answer(context, params):
        print(json.dumps({"step": "asked", "result": {"message": params.message}}), flush=True)
        return ElicitResult(**script["answer"])

    return answer


async def called(client, call):
    """As clients do that hold structured results to the formats of their schema, too."""
    result = await client.call_tool(call["name"], call.get("arguments", {}))
    content = plain(result).get("structuredContent")
    if content is None or plain(result).get("isError"):
        return result
    listed = plain(await client.list_tools())["tools"]
    schema = next((tool.get("outputSchema") for tool in listed if tool["name"] == call["name"]), None)
    if schema:
        Draft202012Validator(schema, format_checker=FormatChecker()).validate(content)
    return result


async def main(mode, script, command):
    is_address = command[0].startswith("http://")
    if is_address and "MCP_TOKEN" in os.environ:
        bearer = httpx2.AsyncClient(headers={"Authorization": "Bearer " + os.environ["MCP_TOKEN"]}, timeout=60)
        server = streamable_http_client(command[0], http_client=bearer)
    else:
        server = command[0] if is_address else StdioServerParameters(command=command[0], args=command[1:])
    async with Client(server, mode=mode, read_timeout_seconds=60, elicitation_callback=answering(script)) as client:
        print(json.dumps({"step": "connect", "revision": client.protocol_version}), flush=True)
        await say("tools", client.list_tools())
        for call in script.get("calls", []):
            await say("call " + call["name"], called(client, call))
        for uri in script.get("read", []):
            await say("read " + uri, client.read_resource(uri))
        for prompt in script.get("prompts", []):
            await say("prompt " + prompt["name"], client.get_prompt(prompt["name"], prompt.get("arguments", {})))


asyncio.run(main(sys.argv[1], json.loads(sys.argv[2]), sys.argv[3:]))
