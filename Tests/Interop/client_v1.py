"""A client on the 1.x line of the official SDK (handshake era). See client_v2.py for what it does and prints."""
import asyncio, json, os, sys
from jsonschema import Draft202012Validator, FormatChecker
from mcp import ClientSession, McpError, StdioServerParameters
from mcp.types import ElicitResult
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client


def plain(value):
    return value.model_dump(mode="json", by_alias=True, exclude_none=True)


async def say(step, work):
    try:
        print(json.dumps({"step": step, "result": plain(await work)}), flush=True)
    except McpError as error:
        print(json.dumps({"step": step, "error": plain(error.error)}), flush=True)


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


async def main(script, command):
    if command[0].startswith("http://"):
        token = os.environ.get("MCP_TOKEN")
        transport = streamablehttp_client(command[0], headers={"Authorization": "Bearer " + token} if token else None)
    else:
        transport = stdio_client(StdioServerParameters(command=command[0], args=command[1:]))
    async with transport as streams, ClientSession(
        *streams[:2], elicitation_callback=answering(script)
    ) as session:
        greeting = await session.initialize()
        print(json.dumps({"step": "connect", "revision": str(greeting.protocolVersion)}), flush=True)
        await say("tools", session.list_tools())
        for call in script.get("calls", []):
            await say("call " + call["name"], called(session, call))
        for uri in script.get("read", []):
            await say("read " + uri, session.read_resource(uri))
        for prompt in script.get("prompts", []):
            await say("prompt " + prompt["name"], session.get_prompt(prompt["name"], prompt.get("arguments", {})))
        await say("ping", session.send_ping())


asyncio.run(main(json.loads(sys.argv[2]), sys.argv[3:]))
