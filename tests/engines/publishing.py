"""Publication of a release by the command, to a real engine."""

from click.testing import CliRunner

from loader.errors import EndpointError
from loader.release.release_folder import Release
from loader.settings import Settings
from query_ui.cli.main import main
from tests.engines.programs import EngineProcess


def publish(settings: Settings, engine: EngineProcess, release: Release) -> str:
    """Run the command for a release; return what it printed, raise EndpointError if it failed."""
    (settings.out / "current").write_text(release.name)
    addresses = ["--to", engine.update_address, "--endpoint", engine.query_address]
    result = CliRunner().invoke(main, ["publish", *addresses, "--out", str(settings.out)])
    if result.exit_code == 1:
        raise EndpointError(result.output)
    assert result.exit_code == 0, result.output
    return result.output
