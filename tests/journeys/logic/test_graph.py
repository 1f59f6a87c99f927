"""Where stages lead, what cannot be drawn, and what a map lacks before it is published."""

import pytest

from journeys.logic.graph import Lack, Meeting, Step, fault_of_links, lacks, unreachable, ways


def test_without_links_each_stage_leads_to_the_next() -> None:
    assert ways("abc", []) == {"a": ["b"], "b": ["c"], "c": []}
    assert ways("", []) == {}


def test_a_stage_with_links_leads_only_where_they_say() -> None:
    """Ends come in the order of the stages; a link to or from elsewhere is none."""
    links = [("b", "d"), ("b", "a"), ("d", "a"), ("x", "a"), ("a", "x")]
    assert ways("abcd", links) == {"a": ["b"], "b": ["a", "d"], "c": ["d"], "d": ["a"]}


@pytest.mark.parametrize(
    ("links", "lost"),
    [
        ([], ""),
        ([("a", "c")], "b"),  # a short cut past b
        ([("a", "b"), ("a", "c")], ""),
        ([("d", "a")], ""),  # a loop
        ([("b", "a")], "cd"),  # a loop with no way out
        ([("a", "d"), ("d", "b"), ("b", "d")], "c"),
    ],
)
def test_stages_nobody_gets_to(links: list[tuple[str, str]], lost: str) -> None:
    assert unreachable("abcd", links) == list(lost)


@pytest.mark.parametrize(
    ("ends", "fault"), [("", ""), ("bc", ""), ("ab", "to_itself"), ("bb", "twice"), ("bx", "elsewhere")]
)
def test_what_a_stage_can_lead_to(ends: str, fault: str) -> None:
    assert fault_of_links("a", ends, "abc") == fault


def test_everything_that_is_missing_is_said_at_once() -> None:
    steps = [Step("a", 3), Step("b", 0), Step("c", 2)]
    meetings = [Meeting(1, "a", answered_for=True), Meeting(2, "c"), Meeting(3, "a"), Meeting(4, "c")]
    assert lacks(steps, meetings, [("a", "c")]) == [
        Lack("nobody", "a", 3),
        Lack("unreachable", "b"),
        Lack("few_quotes", "b", have=0, need=3),
        Lack("few_quotes", "c", have=2, need=3),
        Lack("nobody", "c", 2),
        Lack("nobody", "c", 4),
    ]
    assert lacks([], meetings, []) == [Lack("no_stages")]
    assert lacks([Step("a", 3), Step("b", 7)], [Meeting(1, "a", answered_for=True)], []) == []
