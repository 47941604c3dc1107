"""Option of ``serve``: registries to match with, each a file with a name in addresses."""

from pathlib import Path

import click

from loader.errors import UsageError


class RegistryParameter(click.ParamType[tuple[str, Path]]):
    """A type of option: ``NAME=FILE``, or ``FILE`` alone, whose name is then that of the file."""

    name = "registry"

    def convert(
        self,
        value: str | tuple[str, Path],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, Path]:
        """Convert the text of an option to name and path; raise BadParameter for a wrong name."""
        from query_ui.reconciliation.registries.registry_name import parse_registry_option

        if isinstance(value, tuple):
            return value
        try:
            return parse_registry_option(value)
        except UsageError as error:
            self.fail(str(error), param, ctx)


registry_option = click.option(
    "--registry",
    "registries",
    type=RegistryParameter(),
    multiple=True,
    metavar="[NAME=]FILE",
    help="A registry to match with at /reconcile/NAME: a ROR dump, or the list of providers of "
    "HESA, the OfS or the DfE; repeatable.",
)
