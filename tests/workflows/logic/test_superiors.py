"""Whom two people have above them together."""

from workflows.logic.superiors import above, common_superiors

TREE = {"an": "lead", "binh": "ops", "lead": "coo", "ops": "coo", "coo": "ceo", "ceo": None}


def test_everybody_above_the_nearest_first():
    assert above("an", TREE) == ["lead", "coo", "ceo"]
    assert above("ceo", TREE) == above("nobody", TREE) == []


def test_a_circle_is_walked_once():
    assert above("a", {"a": "b", "b": "c", "c": "a"}) == ["b", "c"]
    assert above("a", {"a": "b", "b": "c", "c": "b"}) == ["b", "c"]


def test_the_nearest_of_both():
    assert list(common_superiors("an", "binh", TREE)) == ["coo", "ceo"]
    assert list(common_superiors("an", "lead", TREE)) == ["coo", "ceo"]
    assert list(common_superiors("lead", "an", TREE)) == ["coo", "ceo"]
    assert list(common_superiors("an", "stranger", TREE)) == []
