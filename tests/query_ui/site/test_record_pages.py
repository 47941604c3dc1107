"""Pages of action plans, registers and indicators: their tables, anchors, trust and formats."""

import re

import pytest
from flask.testing import FlaskClient

from tests.query_ui.conftest import build_tiny_site
from tests.rooms import PROJECT

TABLES = {
    "registers.csv": "id,register_name,coverage_note\nlamp,Lamp Charter,Held in part.\n",
    "register-events.csv": (
        "id,institution,register,event,step_or_level,date,source,low_trust\n"
        "lamp-1,{org},lamp,Signed,,2019-05,https://lamp.example/a,\n"
        "lamp-2,{org},lamp,Renewed,2-year,2021,,row\n"
        "lamp-3,{org},lamp,Held on a day,,,,\n"
    ),
    "review-rules.csv": (
        "id,register,event_as_printed,event,what_is_due,next_due_after\n"
        "lamp-first,lamp,signing,Signed,First review,P2Y\n"
    ),
    "action-plans.csv": (
        "id,title,institution,framework,period\nlit,Lights on,{org},lamp,2020 to 2022\n"
    ),
    "actions.csv": (
        "id,plan,number_as_printed,gist,due,success_measure\n"
        "lit-1,lit,A1,Buy lamps,Summer 2020,Ten lamps\nlit-2,lit,A2,Light them,,\n"
    ),
    "statistics.csv": "id,dataset_name,structure\nsurvey,Lamp Survey,structure\n",
    "indicators.csv": "id,indicator_name,series\nlamps,Lamps in use,Lamp Survey\n",
    "observations.csv": (
        "id,dataset,indicator,institution,register,area,period,value,unit\n"
        "lamps-1,survey,lamps,,lamp,UK,2020,over half,lamps\n"
        "lamps-2,survey,lamps,{org},,,2021,12,lamps\n"
    ),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """The site over the miniature project with a register, a plan and an indicator."""
    return build_tiny_site(tmp_path_factory.mktemp("records"), TABLES)


def test_a_register_shows_its_rules_events_and_totals(client: FlaskClient) -> None:
    text = client.get("/registers/lamp").text
    for heading in ("Rules", "Events", "Totals that sources print"):
        assert f"{heading} <span" in text
    assert "First review" in text and "over half" in text
    assert '<td data-label="How long after">2 years</td>' in text
    assert "P2Y" not in text[: text.index("Data and sources")]
    for cell in ("May 2019</td>", "2021 <span"):
        assert f'<td data-label="Date">{cell}' in text
    assert text.index("register-event-lamp-2") < text.index("register-event-lamp-1")
    assert text.index("register-event-lamp-1") < text.index("register-event-lamp-3")


def test_the_list_of_registers_says_how_many_institutions_each_records(client: FlaskClient) -> None:
    text = client.get("/registers").text
    assert re.search(
        r'<a class="number" href="/registers/lamp" data-value="1" data-sparql="/page-queries/'
        r'count-institutions-in-register\?[^"]*lamp">1</a> institution recorded<',
        text,
    )


def test_columns_without_a_value_are_named_below_the_table(client: FlaskClient) -> None:
    text = client.get("/action-plans/lit").text
    assert '<th scope="col">Measure of success</th>' in text
    assert '<th scope="col">Owner</th>' not in text
    assert "Not given in any row: Owner, Status as printed, Source<" in text


def test_a_row_of_low_trust_has_its_badge(client: FlaskClient) -> None:
    text = client.get("/registers/lamp").text
    row = text[text.index('id="register-event-lamp-2"') :]
    assert "low trust" in row[: row.index("</tr>")]
    row = text[text.index('id="register-event-lamp-1"') :]
    assert "low trust" not in row[: row.index("</tr>")]


def test_a_plan_shows_its_actions_in_order(client: FlaskClient) -> None:
    text = client.get("/action-plans/lit").text
    assert text.index('id="action-lit-1"') < text.index('id="action-lit-2"')
    for words in ("A1", "Buy lamps", "Summer 2020", "Ten lamps"):
        assert words in text


def test_an_indicator_shows_numbers_and_words(client: FlaskClient) -> None:
    text = client.get("/indicators/lamps").text
    assert "over half" in text and ">12<" in text


@pytest.mark.parametrize("folder", ["registers", "action-plans", "indicators"])
def test_each_has_a_list_and_its_data(client: FlaskClient, folder: str) -> None:
    data = client.get(f"/{folder}.json").json
    assert data is not None and data["total"] == 1 and data["truncated"] is False
    assert client.get(f"/{folder}").status_code == 200
    assert client.get(f"/{folder}.csv").status_code == 200
    slug = data["items"][0]["iri"].rpartition("/")[2]
    graph = client.get(f"/{folder}/{slug}.ttl")
    assert graph.status_code == 200 and "ontology#" in graph.text
    assert client.get(f"/{folder}/nothing-here").status_code == 404


def test_the_old_address_of_a_register_leads_to_the_new_one(client: FlaskClient) -> None:
    answer = client.get("/things/register/lamp")
    assert answer.status_code == 301 and answer.headers["Location"] == "/registers/lamp"


def test_the_number_of_rows_leads_to_the_query(client: FlaskClient) -> None:
    text = client.get("/action-plans/lit").text
    assert '<a href="/page-queries/' in text and ">2</a>" in text


def test_cells_of_result_tables_have_labels_where_a_small_screen_hides_the_headings() -> None:
    tables = [
        (path.name, table)
        for path in (PROJECT / "query_ui" / "templates").rglob("*.html")
        for table in re.findall(r'<table class="result.*?</table>', path.read_text("utf-8"), re.S)
    ]
    assert len(tables) >= 5
    assert [name for name, table in tables if re.search("<td(?![^>]*data-label)", table)] == []
