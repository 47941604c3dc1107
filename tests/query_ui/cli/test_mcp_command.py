"""The command ``mcp``, driven by the client of the official package over standard streams."""

import sys

import anyio
import pytest
from click.testing import CliRunner
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

from query_ui.cli.main import main
from tests.conftest import Built


def test_an_assistant_uses_the_command(tiny_built: Built) -> None:
    settings, built = tiny_built
    server = StdioServerParameters(
        command=sys.executable,
        args=[
            *(
                "-c",
                "from query_ui.cli.main import main; main()",
                "mcp",
                "--out",
                str(settings.out),
            ),
            *("--site-url", "https://example.org/kg/"),
        ],
        cwd=settings.root,
    )

    async def exchange() -> None:
        async with (
            stdio_client(server) as (read, write),
            ClientSession(read, write) as session,
        ):
            started = await session.initialize()
            assert started.serverInfo.name == "concordat-kg"
            found = (await session.call_tool("search", {"words": "wellbeing"})).structuredContent
            assert found is not None
            assert found["rows"][0]["url"].startswith("https://example.org/kg/")
            assert found["release"] == built.release.name
            rows = await session.call_tool("run_query", {"name": "case-studies-by-keyword"})
            assert rows.structuredContent is not None
            assert rows.structuredContent["total"] == len(rows.structuredContent["rows"]) > 0
            study = rows.structuredContent["rows"][0]["study"]
            related = await session.call_tool("find_related", {"entity": study})
            assert related.structuredContent is not None
            assert study in related.structuredContent["query"]
            wrong = await session.call_tool("run_sparql", {"query": "SELECT"})
            assert wrong.isError
            await session.send_ping()

    anyio.run(exchange)


def test_without_the_package_the_command_says_what_to_install(
    tiny_built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.lowlevel", None)
    monkeypatch.chdir(tiny_built[0].root)
    done = CliRunner().invoke(main, ["mcp", "--out", str(tiny_built[0].out)])
    assert done.exit_code == 2
    assert "pip install 'concordat-kg[mcp]'" in done.output


def test_an_address_that_is_none_is_refused(
    tiny_built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_built[0].root)
    done = CliRunner().invoke(main, ["mcp", "--out", str(tiny_built[0].out), "--site-url", "here"])
    assert done.exit_code == 2
    assert "--site-url: “here” is not an address" in done.output
