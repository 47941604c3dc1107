"""The time line of registers: lines and marks in percent, and what they say in words."""

from dataclasses import replace
from datetime import date

from query_ui.graph.urls import Link
from query_ui.site.institutions.register_events import REVIEWED, WITHDRAWN, RegisterEvent
from query_ui.site.institutions.register_lanes import build_timeline
from tests.query_ui.site.institutions.test_register_events import due

TODAY = date(2026, 7, 1)


def event(text: str, kind: str = "gained", step: str = "") -> RegisterEvent:
    register = Link("Lamp", "", "lamp")
    return RegisterEvent(
        Link(text), register, kind, kind.rpartition("/")[2].title(), step, text, Link(""), "", False
    )


def test_a_recorded_award_runs_to_today_and_waits_for_its_due_date() -> None:
    line = build_timeline([event("2024-01", step="bronze")], [due("2029-01-01")], TODAY)
    (lane,) = line.lanes
    assert [(m.label, m.is_due) for m in lane.marks] == [("2024", False), ("due 2029", True)]
    assert lane.run == (lane.marks[0].x, line.now)
    assert lane.waits == ((line.now, lane.marks[1].x),)
    assert 0 < lane.marks[0].x < line.now < lane.marks[1].x < 100
    assert lane.state == "Gained: bronze, Jan 2024"
    assert lane.text == "Gained: bronze Jan 2024; Review due Feb 2029".replace("Feb", "Jan")


def test_positions_are_to_scale() -> None:
    line = build_timeline([event("2010-01"), event("2018-01")], [], TODAY)
    first, second = (mark.x for mark in line.lanes[0].marks)
    assert round((line.now - first) / (second - first), 2) == round((2026.5 - 2010) / 8, 2)


def test_without_a_later_record_the_line_waits_from_the_last_event() -> None:
    line = build_timeline([event("2011-09")], [due("2013-09-01")], TODAY)
    (lane,) = line.lanes
    assert lane.waits == ((lane.marks[0].x, line.now),)
    assert lane.run == (lane.marks[0].x, lane.marks[0].x)
    assert lane.state == "Gained, Sep 2011; no later record"
    assert len(line.overdue) == 1 and not line.upcoming


def test_the_outcome_of_a_last_review_is_not_found() -> None:
    line = build_timeline([event("2017"), event("2022-03", REVIEWED)], [], TODAY)
    (lane,) = line.lanes
    assert [mark.is_due for mark in lane.marks] == [False, True]
    assert lane.state == "Reviewed, Mar 2022; outcome not found"


def test_the_line_of_a_withdrawn_award_ends() -> None:
    (lane,) = build_timeline([event("2015"), event("2019", WITHDRAWN)], [], TODAY).lanes
    assert lane.run == (lane.marks[0].x, lane.marks[1].x) and not lane.waits


def test_labels_that_would_overlap_are_left_out_before_the_latest() -> None:
    events = [event("2010-01"), event("2024-01"), event("2024-03")]
    (lane,) = build_timeline(events, [], TODAY).lanes
    assert [mark.label for mark in lane.marks] == ["2010", "", "2024"]


def test_an_undated_event_has_no_mark_but_its_words() -> None:
    (lane,) = build_timeline([event("")], [], TODAY).lanes
    assert (lane.marks, lane.run, lane.state) == ((), None, "Gained, no date given")


def test_each_register_has_a_lane() -> None:
    other = replace(event("2020"), register=Link("Torch", "", "torch"))
    assert len(build_timeline([event("2019"), event("2021"), other], [], TODAY).lanes) == 2
