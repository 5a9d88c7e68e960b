"""A server that offers the tools of a snapshot and answers each with the same text every time.

usage: stand_in.py SNAPSHOT ANSWERS

ANSWERS is JSON: texts by tool. It stands in for servers that cannot be run without an account, or without another language's runtime.
"""
import asyncio, json, sys
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import TextContent, Tool

definitions = json.load(open(sys.argv[1]))["tools"]
answers = json.loads(sys.argv[2])
server = Server("stand-in")


@server.list_tools()
async def list_tools():
    return [Tool.model_validate(definition) for definition in definitions]


@server.call_tool()
async def call_tool(name, arguments):
    return [TextContent(type="text", text=answers[name])]


async def main():
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


asyncio.run(main())
