"""Choices: what a parameter may be, and a value that it cannot be."""

import re
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from flask import Flask

from loader.errors import BadValue, UsageError
from loader.queries.query_files import load_saved_queries
from loader.release.build import BuildResult
from loader.settings import Settings
from query_ui.cli import main
from query_ui.engine import open_engine
from query_ui.engine.protocol import QueryResult
from query_ui.graph import parameter_choices
from query_ui.graph.choice_names import ChoiceNames
from query_ui.graph.parameter_choices import ParameterChoices
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def choices(shipped: tuple[Settings, BuildResult]) -> Iterator[ParameterChoices]:
    engine = open_engine(shipped[0])
    sparql = PROJECT / "sparql"
    pages = load_saved_queries(sparql / "pages")
    yield ParameterChoices(engine, load_saved_queries(sparql / "queries"), pages)
    engine.close()


def test_a_scheme_gives_its_concepts_with_their_labels(choices: ParameterChoices) -> None:
    found = choices.map_labels_by_value("stakeholders")
    base = "https://w3id.org/concordat-kg/concept/stakeholders/"
    assert len(found) == 5
    assert found[base + "senior-executive-team"] == "Senior/executive team"


def test_a_saved_query_gives_its_first_column_named_by_its_second(
    choices: ParameterChoices,
) -> None:
    found = choices.map_labels_by_value("consortia")
    assert {"Midlands Innovation", "N8 Research Partnership"} <= {*found.values()}


def test_a_name_of_nothing_gives_none(choices: ParameterChoices) -> None:
    assert choices.map_labels_by_value("") == choices.map_labels_by_value("weather") == {}


@pytest.mark.parametrize(
    "name", ["keywords", "organisations", "keywords-by-institution", "case-studies"]
)
@pytest.mark.parametrize("limit", [1, 5, None, 10_000])
@pytest.mark.parametrize("rows", [1, 4])
def test_a_long_list_is_truncated_and_counted(
    choices: ParameterChoices,
    name: str,
    limit: int | None,
    rows: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = [*choices.map_labels_by_value(name)]
    limit = len(whole) if limit is None else limit
    monkeypatch.setattr(parameter_choices, "MAX_CHOICES", limit)
    monkeypatch.setattr(parameter_choices, "_ROWS_PER_CHOICE", rows + 1)
    other = ParameterChoices(choices.engine, choices.saved_queries, choices.page_queries)
    offered = other.options(name)
    assert len(whole) > 5
    found = [one.value for one in offered.items]
    assert len(found) == len({*found}) == min(limit, len(whole)) and {*found} <= {*whole}
    labels = [one.label.lower() for one in offered.items]
    assert found == whole[:limit] or (offered.is_truncated and labels == sorted(labels))
    assert offered.is_truncated == (limit < len(whole))
    assert other.count_choices(name) == len(whole)


def test_no_more_rows_are_read_than_a_long_list_needs(
    choices: ParameterChoices, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    query = choices.engine.query

    def query_and_note(text: str) -> QueryResult:
        result = query(text)
        asked.append(len(result.rows))
        return result

    monkeypatch.setattr(parameter_choices, "MAX_CHOICES", 10)
    other = ParameterChoices(choices.engine, choices.saved_queries, choices.page_queries)
    monkeypatch.setattr(other.engine, "query", query_and_note)
    assert len(other.options("organisations").items) == 10
    assert asked == [40]
    assert len(other.options("case-studies").items) == 10
    assert asked == [40, 15, 15], "the second time in order"
    assert len(other.options("consortia").items) == 10
    assert asked == [40, 15, 15, 18], "what is grouped is read once"


def resolve(
    choices: ParameterChoices, *texts: str, name: str = "case-studies-by-keyword.keyword"
) -> list[str]:
    """What the texts mean for a parameter, named as "query.parameter"."""
    query, _, parameter = name.partition(".")
    return choices.resolve_values(choices.saved_queries[query], {parameter: texts})[parameter]


def refused(choices: ParameterChoices, *texts: str) -> bool:
    """Whether these values of the keyword are refused; none at all leave the default."""
    try:
        resolve(choices, *texts)
    except UsageError:
        return True
    return False


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), False),
        (("wellbeing",), False),
        (("concept:wellbeing", "training"), False),
        (("<https://w3id.org/concordat-kg/concept/keywords/wellbeing>",), False),
        (("https://w3id.org/concordat-kg/concept/stakeholders/researchers",), True),
        (("wellbeing", "weather"), True),
    ],
)
def test_only_what_is_among_the_choices_passes(
    choices: ParameterChoices, texts: tuple[str, ...], expected: bool
) -> None:
    assert refused(choices, *texts) is expected


BASE = "https://w3id.org/concordat-kg"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("case-studies-by-keyword.keyword", "mentorship", "mentorship"),
        ("case-studies-by-keyword.keyword", "MENTORSHIP", f"<{BASE}/concept/keywords/mentorship>"),
        ("case-studies-by-keyword.keyword", "Mentoring", f"<{BASE}/concept/keywords/mentorship>"),
        (
            "case-studies-by-keyword.keyword",
            " mentor  Scheme",
            f"<{BASE}/concept/keywords/mentorship>",
        ),
        (
            "institution-profile.institution",
            "university of leeds",
            f"<{BASE}/id/organisation/university-of-leeds>",
        ),
        (
            "institution-profile.institution",
            "University-Of-Leeds",
            f"<{BASE}/id/organisation/university-of-leeds>",
        ),
    ],
)
def test_a_name_in_any_case_means_its_choice(
    choices: ParameterChoices, name: str, text: str, expected: str
) -> None:
    assert resolve(choices, text, name=name) == [expected]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "case-studies-by-keyword.keyword",
            "wellbieng",
            "Invalid value “wellbieng” for keyword. Did you mean Wellbeing?",
        ),
        (
            "institution-profile.institution",
            "Univ of Leeds",
            "Invalid value “Univ of Leeds” for institution. Did you mean University of Leeds, ",
        ),
        (
            "institution-profile.institution",
            "Imperial",
            "Invalid value “Imperial” for institution. Did you mean Imperial College London?",
        ),
        (
            "institution-profile.institution",
            "zzz",
            "Invalid value “zzz” for institution. For example, it can be 1994 Group, ",
        ),
    ],
)
def test_what_is_not_is_refused_with_what_is_near(
    choices: ParameterChoices, name: str, text: str, said: str
) -> None:
    with pytest.raises(BadValue) as caught:
        resolve(choices, text, name=name)
    assert str(caught.value).startswith(said)


def test_a_name_of_several_choices_is_refused_with_them(
    choices: ParameterChoices, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = f"{BASE}/concept/keywords"
    shared = ChoiceNames(
        choices.map_labels_by_value("keywords"),
        [(f"{base}/{name}", "Looking after people") for name in ("wellbeing", "mentorship")],
    )
    monkeypatch.setitem(choices._names, (choices.engine.release, "keywords"), shared)
    with pytest.raises(BadValue) as caught:
        resolve(choices, "looking after PEOPLE")
    assert str(caught.value) == (
        "“looking after PEOPLE” is ambiguous: it can mean Wellbeing or Mentorship."
    )


def test_command_line_and_site_refuse_alike(
    shipped: tuple[Settings, BuildResult], shipped_app: Flask
) -> None:
    command = ["query", "case-studies-by-keyword", "-p", "keyword=wellbieng"]
    done = CliRunner().invoke(main.main, [*command, "--out", str(shipped[0].out)])
    assert (done.exit_code, done.stdout) == (2, "")
    answer = shipped_app.test_client().get("/queries/case-studies-by-keyword.csv?keyword=wellbieng")
    assert answer.status_code == 422
    assert answer.json is not None
    assert f"Error: {answer.json['detail']}\n" == done.stderr


def test_command_line_and_site_take_the_same_names(
    shipped: tuple[Settings, BuildResult], shipped_app: Flask
) -> None:
    command = ["query", "case-studies-by-keyword", "--out", str(shipped[0].out), "-f", "csv"]
    client = shipped_app.test_client()
    rows = client.get("/queries/case-studies-by-keyword.csv?keyword=mentorship").text
    assert "network-of-women-professors-mentoring-scheme" in rows
    for text in ("Mentoring", "MENTORSHIP"):
        printed = CliRunner().invoke(main.main, [*command, "-p", f"keyword={text}"]).stdout
        assert printed.splitlines() == rows.splitlines()
        address = f"/queries/case-studies-by-keyword.csv?keyword={text}"
        assert client.get(address).text == rows
    form = client.get("/queries/case-studies-by-keyword?keyword=Mentoring").text
    chosen = re.findall(r'<option value="([^"]+)" selected>', form)
    assert chosen == [f"{BASE}/concept/keywords/mentorship"]
