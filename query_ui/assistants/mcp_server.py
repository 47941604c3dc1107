"""The Model Context Protocol server: tools and resources through the official package.

The package is the extra ``mcp``, imported on first use.
https://modelcontextprotocol.io/specification/2025-06-18
"""

import logging
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeAlias

from query_ui.assistants.resources import list_resources, read_resource
from query_ui.assistants.site_client import SiteClient, ToolError
from query_ui.assistants.tool_result import OUTPUT_SCHEMA
from query_ui.assistants.tools import TOOL_BY_NAME, TOOLS

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.types import CallToolResult

_MESSAGE_LENGTH = 300
Runner: TypeAlias = Callable[..., Awaitable[Any]]

MISSING_EXTRA = (
    "Assistants need the extra “mcp”, which is not installed here: pip install 'concordat-kg[mcp]'."
)
INSTRUCTIONS = (
    "A knowledge graph of UK research-culture practice: case studies, institutions, initiatives, "
    "registers and the principles of the Researcher Development Concordat. First find_query, then "
    "run_query; write SPARQL only where no saved query fits. Use the rows as they are: total is "
    "the number of all rows, and next_page leads to the rest. An empty result means that the graph "
    "has no statement, not that there is nothing in the world. Cite each statement with citation, "
    "and name the verification status of claims and commitments."
)


class ExtraMissing(Exception):
    """The package ``mcp`` is not installed."""


def build_server(site: SiteClient, run: Runner) -> "Server[Any, Any]":
    """Build a server whose tools send requests to a site; raise ExtraMissing without the package.

    ``run`` calls a function with its arguments, in this thread or in another.
    """
    try:
        from mcp.server.lowlevel import Server
    except ImportError as error:
        raise ExtraMissing(MISSING_EXTRA) from error
    logging.getLogger("mcp").setLevel(logging.ERROR)
    server: Server[Any, Any] = Server(
        "concordat-kg", version("concordat-kg"), INSTRUCTIONS, website_url=site.root
    )
    add_tools(server, site, run)
    add_resources(server, site, run)
    return server


def add_tools(server: "Server[Any, Any]", site: SiteClient, run: Runner) -> None:
    """Register the list of tools, and what calls them."""
    from mcp.types import CallToolResult, Tool, ToolAnnotations

    @server.list_tools()  # type: ignore[no-untyped-call, untyped-decorator]
    async def list_tools() -> list[Tool]:
        hints = ToolAnnotations(readOnlyHint=True, idempotentHint=True, openWorldHint=False)
        return [
            Tool(
                name=tool.name,
                title=tool.title,
                description=tool.description,
                inputSchema=tool.input_schema,
                outputSchema=OUTPUT_SCHEMA,
                annotations=hints,
            )
            for tool in TOOLS
        ]

    @server.call_tool(validate_input=False)  # type: ignore[untyped-decorator]
    async def call_tool(name: str, arguments: dict[str, Any]) -> dict[str, Any] | CallToolResult:
        try:
            return dict(await run(call_tool_by_name, site, name, arguments))
        except ToolError as error:
            return build_tool_error(str(error))


def add_resources(server: "Server[Any, Any]", site: SiteClient, run: Runner) -> None:
    """Register the list of resources, and what reads them."""
    from mcp.server.lowlevel.helper_types import ReadResourceContents
    from mcp.shared.exceptions import McpError
    from mcp.types import INVALID_PARAMS, ErrorData, Resource

    @server.list_resources()  # type: ignore[no-untyped-call, untyped-decorator]
    async def list_all_resources() -> list[Resource]:
        return [
            Resource.model_validate(
                {
                    "uri": one.uri,
                    "name": one.uri,
                    "title": one.title,
                    "description": one.description,
                    "mimeType": one.media_type,
                }
            )
            for one in await run(list_resources, site)
        ]

    @server.read_resource()  # type: ignore[no-untyped-call, untyped-decorator]
    async def read_one_resource(uri: Any) -> list[ReadResourceContents]:
        try:
            text, media_type = await run(read_resource, site, str(uri))
        except ToolError as error:
            raise McpError(ErrorData(code=INVALID_PARAMS, message=str(error))) from error
        return [ReadResourceContents(text, media_type)]


async def serve_standard_streams(server: "Server[Any, Any]") -> None:
    """Exchange messages by standard input and output until the input ends.

    https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#stdio
    """
    from mcp.server.stdio import stdio_server

    async with stdio_server() as (read_stream, write_stream):
        await server.run(read_stream, write_stream, server.create_initialization_options())


def build_tool_error(message: str) -> "CallToolResult":
    """Return the result of a tool that could not answer, for the assistant to read."""
    from mcp.types import CallToolResult, TextContent

    return CallToolResult(content=[TextContent(type="text", text=message)], isError=True)


def call_tool_by_name(site: SiteClient, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a tool; raise ToolError for an unknown tool or invalid arguments."""
    tool = TOOL_BY_NAME.get(name)
    if tool is None:
        raise ToolError(f"There is no tool “{name[:100]}”. Tools: {', '.join(TOOL_BY_NAME)}.")
    check_arguments(tool.input_schema, arguments)
    return tool.run(site, arguments)


def check_arguments(schema: dict[str, Any], arguments: dict[str, Any]) -> None:
    """Raise ToolError that names the first invalid argument and what it may be.

    https://json-schema.org/draft/2020-12
    """
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema).iter_errors(arguments):
        name = str(error.path[0]) if error.path else ""
        allowed = schema["properties"].get(name)
        known = f"{name} may be: {allowed}." if allowed else f"Arguments: {schema['properties']}."
        message = error.message
        if len(message) > _MESSAGE_LENGTH:  # it begins with the value and ends with the reason
            message = f"{message[:60]} … {message[-60:]}"
        raise ToolError(f"{name or 'The arguments'}: {message}. {known}")
