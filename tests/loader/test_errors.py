"""Errors go from process to process with all that they carry."""

import pickle

import pytest

from loader.errors import (
    ClientGone,
    DataError,
    EndpointError,
    Finding,
    Limit,
    NotOffered,
    NotRepresentable,
    ProjectError,
    QueryError,
    QueryRefused,
    QueryStopped,
    QueueFull,
    Severity,
    WorkerDied,
)

HELP = {"excerpt": "ASK\n^", "suggestion": "Write it.", "repair": "ASK {}"}


@pytest.mark.parametrize(
    "error",
    [
        QueryError("It is broken.", 2, 7, **HELP),
        QueryRefused("No.", 1, 1),
        QueryStopped("Too long.", Limit.MEMORY, 1.5),
        ClientGone("Gone.", Limit.TIME, 0.5),
        WorkerDied("Ended.", Limit.PROCESS, 0.5),
        QueueFull("Full.", 3),
        EndpointError("It is silent."),
        NotOffered("Not so.", "graph"),
        NotRepresentable("Not in XML.", "graph"),
        DataError("Bad.", [Finding("a", 1, 2, Severity.ERROR, "m", "c")]),
    ],
)
def test_an_error_keeps_everything_on_its_way(error: ProjectError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


def test_an_error_of_a_query_has_no_help_unless_it_is_given() -> None:
    for error in (QueryStopped("Too long."), QueueFull("Full.", 1), QueryRefused("No.")):
        assert (error.line, error.excerpt, error.suggestion, error.repair) == (0, "", "", "")
