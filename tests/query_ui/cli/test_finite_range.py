"""Options that are numbers: what is none, or out of the range, is refused with a sentence."""

import pytest
from click.testing import CliRunner

from query_ui.cli.main import main


@pytest.mark.usefixtures("in_folder")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("serve", "--rate", "0"), "'--rate': 0.0 is not in the range x>=0.1."),
        (("serve", "--rate", "nan"), "'--rate': nan is no finite number."),
        (("serve", "--timeout", "inf"), "'--timeout': inf is no finite number."),
        (("releases", "prune", "--size", "nan"), "'--size': nan is no finite number."),
        (("releases", "prune", "--days", "1e9"), "is not in the range 0<=x<=36500."),
    ],
)
def test_a_number_out_of_range_is_refused(arguments: tuple[str, ...], sentence: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr
