"""A server on either line of the official SDK: whichever is installed. With a port as argument it serves over HTTP, else over stdio."""
import asyncio
import sys
from typing import Annotated

from pydantic import BaseModel, Field

try:
    from mcp.server import MCPServer as Server
    from mcp.server.mcpserver import Context
    from mcp.types import ToolAnnotations

    reads = ToolAnnotations(read_only_hint=True)
except ImportError:
    from mcp.server.fastmcp import Context, FastMCP as Server
    from mcp.types import ToolAnnotations

    reads = ToolAnnotations(readOnlyHint=True)

port = int(sys.argv[1]) if len(sys.argv) > 1 else None
# The older line takes the port here, the newer one where it runs.
place = {"host": "127.0.0.1", "port": port} if port and Server.__name__ == "FastMCP" else {}
server = Server("library", instructions="A library of four books.", **place)


@server.tool(annotations=reads)
def find_book(title: str, limit: int = 10) -> str:
    """Find a book by words of its title."""
    return f"found {title} (at most {limit})"


@server.tool(annotations=reads)
async def count_books(context: Context, delay: float = 0.01) -> int:
    """Count the books, slowly, with progress."""
    for shelf in range(3):
        await context.report_progress(shelf + 1, 3, f"shelf {shelf + 1}")
        await asyncio.sleep(delay)
    return 4


@server.tool()
def lend_book(title: str, to: str) -> dict[str, str]:
    """Lend a book to somebody."""
    return {"title": title, "to": to}


@server.tool()
def lose_book(title: str) -> str:
    """Fails."""
    raise ValueError(f"{title} cannot be lost")


@server.tool()
def describe_reader(name: str) -> dict[str, str | list[str]]:
    """What the library knows of a reader: more than it should tell."""
    return {"name": name, "mail": f"{name}@example.com", "notes": ["card 4111 1111 1111 1111", "key AKIAIOSFODNN7EXAMPLE"]}


class Card(BaseModel):
    mail: Annotated[str, Field(json_schema_extra={"format": "email"})]
    born: Annotated[str, Field(json_schema_extra={"format": "date"})]
    number: Annotated[str, Field(json_schema_extra={"format": "uuid"})]


@server.tool()
def show_card(name: str) -> Card:
    """A reader's card, every field of which has a format."""
    return Card(mail=f"{name}@example.com", born="1815-12-10", number="123e4567-e89b-12d3-a456-426614174000")


@server.resource("library://rules")
def rules() -> str:
    """The rules of the house."""
    return "Quiet, please."


@server.resource("library://shelves/{number}")
def shelf(number: str) -> str:
    """What stands on a shelf."""
    return f"shelf {number}"


@server.prompt()
def recommend(topic: str) -> str:
    """Ask for a recommendation."""
    return f"Recommend a book about {topic}."


if port is None:
    server.run()
elif place:
    server.run(transport="streamable-http")
else:
    server.run(transport="streamable-http", host="127.0.0.1", port=port)
