"""The condition language by itself: what it takes, what it refuses and where, what it says, and what holds."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from cxcrm.core.conditions.asking import NUMBER_OF_DAYS, OPS, Days, Kind, Op, as_test, folded, holds
from cxcrm.core.conditions.errors import SAID, ConditionInvalid
from cxcrm.core.conditions.fields import Catalogue, Field
from cxcrm.core.conditions.tree import MAX_DEPTH, MAX_LEAVES, holds_for, leaves, parse
from cxcrm.core.conditions.words import OP_WORDS, in_words

TODAY = date(2026, 11, 30)
FIELDS = {
    field.code: field
    for field in (
        Field("name", "name", Kind.TEXT),
        Field("items", "bought", Kind.WORDS, has_window=True),
        Field("score", "score", Kind.NUMBER, unit="points"),
        Field("spent", "spent", Kind.MONEY),
        Field("visits", "visits", Kind.COUNT, has_window=True),
        Field("last", "last visit", Kind.DAY),
        Field("level", "level", Kind.CHOICE, choices=lambda: [("gold", "Gold"), ("new", "New")]),
        Field("tags", "tags", Kind.TAGS),
        Field("agreed", "agreed", Kind.YES_NO),
    )
}


def leaf(field, op, value=None, **more):
    return {"field": field, "op": op, **({} if value is None else {"value": value}), **more}


@pytest.mark.parametrize(
    ("raw", "passing", "failing"),
    [
        (leaf("name", "contains", "hÀ"), {"name": "Thu Hà"}, {"name": "Thu Ha"}),
        (leaf("name", "is", "THU hà"), {"name": "Thu Hà"}, {"name": "Thu Hà 2"}),
        (leaf("name", "starts_with", "thu"), {"name": "Thu Hà"}, {"name": "Lê Thu"}),
        (leaf("name", "is_not", "Thu"), {}, {"name": "thu"}),
        (leaf("name", "not_contains", "t"), {"name": ""}, {"name": "At"}),
        (leaf("name", "empty"), {"name": ""}, {"name": "A"}),
        (leaf("items", "contains", "hạt", days=90), {"items@90": ["trà", "Hạt 250 g"]}, {"items": ["hạt"]}),
        (leaf("score", "at_least", 7), {"score": 7}, {"score": Decimal("6.9")}),
        (leaf("score", "more", 7), {"score": Decimal("7.1")}, {"score": 7}),
        (leaf("score", "less", "7.5"), {"score": 7}, {"score": Decimal("7.5")}),
        (leaf("score", "is_not", 7), {}, {"score": 7}),
        (leaf("score", "between", [-1, 2]), {"score": 2}, {}),
        (leaf("spent", "at_most", 0), {"spent": Decimal(0)}, {}),
        (leaf("visits", "less", 1), {}, {"visits": 1}),
        (leaf("visits", "more", 2, days=30), {"visits@30": 3}, {"visits@30": 2, "visits": 9}),
        (leaf("last", "in_last", 7), {"last": date(2026, 11, 24)}, {"last": date(2026, 11, 23)}),
        (leaf("last", "in_last", 1), {"last": TODAY}, {"last": date(2026, 12, 1)}),
        (leaf("last", "not_in_last", 7), {}, {"last": TODAY}),
        (leaf("last", "longer_ago", 7), {"last": date(2026, 11, 22)}, {"last": date(2026, 11, 23)}),
        (leaf("last", "in_next", 2), {"last": date(2026, 12, 1)}, {"last": date(2026, 12, 2)}),
        (leaf("last", "before", "2026-11-30"), {"last": date(2026, 11, 29)}, {"last": TODAY}),
        (leaf("last", "after", "2026-11-30"), {"last": date(2026, 12, 1)}, {"last": TODAY}),
        (leaf("last", "on", "2026-11-30"), {"last": TODAY}, {"last": date(2026, 11, 29)}),
        (
            leaf("last", "between", ["2026-11-01", "2026-11-30"]),
            {"last": date(2026, 11, 1)},
            {"last": date(2026, 12, 1)},
        ),
        (leaf("level", "is", "gold"), {"level": "gold"}, {"level": "new"}),
        (leaf("level", "any_of", ["gold", "new"]), {"level": "new"}, {}),
        (leaf("level", "none_of", ["gold"]), {}, {"level": "gold"}),
        (leaf("tags", "any_of", ["vip", "sỉ"]), {"tags": ["sỉ"]}, {"tags": []}),
        (leaf("tags", "all_of", ["vip", "sỉ"]), {"tags": ["sỉ", "x", "vip"]}, {"tags": ["sỉ"]}),
        (leaf("tags", "none_of", ["vip"]), {}, {"tags": ["vip"]}),
        (leaf("tags", "filled"), {"tags": ["a"]}, {"tags": []}),
        (leaf("agreed", "is", False), {"agreed": False}, {}),
        ({"not": leaf("agreed", "is", False)}, {}, {"agreed": False}),
        ({"all": [leaf("agreed", "filled"), leaf("score", "is", 1)]}, {"agreed": False, "score": 1}, {"agreed": True}),
        ({"any": [leaf("agreed", "filled"), leaf("score", "is", 1)]}, {"score": 1}, {"score": 2}),
    ],
)
def test_a_condition_holds_or_not_and_reads_back_as_itself(raw, passing, failing):
    node = parse(raw, FIELDS)
    assert (holds_for(node, passing, TODAY), holds_for(node, failing, TODAY)) == (True, False)
    assert parse(node.raw(), FIELDS) == node


@pytest.mark.parametrize(
    ("raw", "path", "code"),
    [
        ({}, "", "nothing_asked"),
        (None, "", "nothing_asked"),
        ([], "", "nothing_asked"),
        (7, "", "not_a_condition"),
        ({"all": []}, "all", "nothing_asked"),
        ({"all": {}}, "all", "not_a_condition"),
        ({"all": [], "any": []}, "", "not_a_condition"),
        ({"not": {}}, "not", "nothing_asked"),
        ({"any": [{"all": [leaf("x", "is", 1)]}]}, "any.0.all.0.field", "unknown_field"),
        (leaf(["x"], "is", 1), "field", "unknown_field"),
        (leaf("tags", "is", "x"), "op", "unknown_op"),
        (leaf("tags", ["x"], "x"), "op", "unknown_op"),
        ({**leaf("tags", "filled"), "more": 1}, "", "not_a_condition"),
        (leaf("name", "is"), "value", "no_value"),
        (leaf("name", "is", ""), "value", "no_value"),
        (leaf("name", "is", 7), "value", "not_a_text"),
        (leaf("name", "is", "x" * 201), "value", "not_a_text"),
        (leaf("name", "is", "a\x00"), "value", "not_a_text"),
        (leaf("score", "is", True), "value", "not_a_number"),
        (leaf("score", "is", "nhiều"), "value", "not_a_number"),
        (leaf("score", "is", float("inf")), "value", "not_a_number"),
        (leaf("score", "is", 10**5000), "value", "not_a_number"),
        (leaf("score", "is", "1" * 41), "value", "not_a_number"),
        (leaf("score", "is", 1.1234567), "value", "not_a_number"),
        (leaf("visits", "is", -1), "value", "not_a_number"),
        (leaf("visits", "is", 1.5), "value", "not_a_number"),
        (leaf("visits", "is", 1, days=0), "days", "not_days"),
        (leaf("visits", "is", 1, days=True), "days", "not_days"),
        (leaf("score", "is", 1, days=3), "days", "no_window"),
        (leaf("score", "between", [2, 1]), "value", "not_a_span"),
        (leaf("score", "between", [1]), "value", "not_a_number"),
        (leaf("last", "in_last", "7"), "value", "not_days"),
        (leaf("last", "in_last", 3651), "value", "not_days"),
        (leaf("last", "on", "30/11/2026"), "value", "not_a_day"),
        (leaf("last", "on", "2026-02-30"), "value", "not_a_day"),
        (leaf("last", "on", "0001-01-01"), "value", "not_a_day"),
        (leaf("level", "is", "silver"), "value", "unknown_choice"),
        (leaf("level", "any_of", []), "value", "not_values"),
        (leaf("level", "any_of", "gold"), "value", "not_values"),
        (leaf("tags", "any_of", ["x"] * 101), "value", "not_values"),
        (leaf("tags", "any_of", [1]), "value", "not_a_text"),
        (leaf("agreed", "is", "yes"), "value", "not_yes_no"),
        ({"all": [leaf("tags", "filled")] * (MAX_LEAVES + 1)}, "all", "too_many"),
        ({"all": [{"any": [leaf("tags", "filled")] * 30}] * 2}, "all.1.any.20", "too_many"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_place(raw, path, code):
    with pytest.raises(ConditionInvalid) as refused:
        parse(raw, FIELDS)
    (problem,) = refused.value.problems
    assert (problem.path, problem.code) == (path, code)
    assert refused.value.data["field"] == "condition"
    assert problem.message
    assert "%" not in problem.message


def test_every_problem_is_told_at_once_and_depth_has_an_end():
    with pytest.raises(ConditionInvalid) as refused:
        parse({"any": [leaf("x", "is", 1), leaf("name", "is", 7), leaf("tags", "filled")]}, FIELDS)
    assert [problem.path for problem in refused.value.problems] == ["any.0.field", "any.1.value"]
    raw = leaf("tags", "filled")
    for _turn in range(MAX_DEPTH - 1):
        raw = {"not": raw}
    assert len(list(leaves(parse(raw, FIELDS)))) == 1
    with pytest.raises(ConditionInvalid) as refused:
        parse({"not": raw}, FIELDS)
    assert refused.value.problems[0].code == "too_deep"


def test_a_rule_written_before_keeps_values_no_longer_offered():
    assert parse(leaf("level", "is", "silver"), FIELDS, check_choices=False).value == "silver"


def test_every_question_of_every_kind_has_words_and_a_test():
    values = {
        Kind.TEXT: "a", Kind.WORDS: "a", Kind.NUMBER: Decimal(1), Kind.MONEY: Decimal(1), Kind.COUNT: Decimal(1),
        Kind.DAY: TODAY, Kind.CHOICE: "gold", Kind.TAGS: "vip", Kind.YES_NO: True,
    }  # fmt: skip
    by_kind = {field.kind: field for field in FIELDS.values()}
    for kind, ops in OPS.items():
        for op in ops:
            raw = values[kind].isoformat() if kind is Kind.DAY else values[kind]
            raw = int(raw) if isinstance(raw, Decimal) else raw
            if op in (Op.ANY_OF, Op.ALL_OF, Op.NONE_OF):
                raw = [raw]
            if op is Op.BETWEEN:
                raw = [raw, raw]
            if op in NUMBER_OF_DAYS:
                raw = 5
            node = parse(leaf(by_kind[kind].code, op.value, raw), FIELDS)
            as_test(kind, op, node.value, TODAY)
            assert OP_WORDS[op]
            for language in ("en", "vi"):
                with translation.override(language):
                    assert by_kind[kind].label in in_words(node, "VND").lower()


def test_the_sentence_says_what_is_asked():
    node = parse(
        {
            "all": [
                leaf("tags", "any_of", ["vip", "sỉ"]),
                leaf("visits", "at_least", 3, days=90),
                {"any": [leaf("last", "in_last", 30), {"not": leaf("agreed", "is", True)}]},
                {"all": [leaf("spent", "between", [100_000, 2_000_000])]},
            ]
        },
        FIELDS,
    )
    with translation.override("en"):
        assert in_words(node, "VND") == (
            "Tags: “vip” or “sỉ” and visits in the last 90 days: at least 3 and "
            "(last visit in the last 30 days or not (agreed: yes)) and spent: from ₫100,000 to ₫2,000,000"
        )
    with translation.override("vi"):
        assert in_words(node, "VND") == (
            "Tags: “vip” hoặc “sỉ” và visits trong 90 ngày qua: từ 3 trở lên và "
            "(last visit trong 30 ngày qua hoặc không phải (agreed: có)) và "
            "spent: từ 100.000\N{NO-BREAK SPACE}₫ đến 2.000.000\N{NO-BREAK SPACE}₫"
        )


def test_letters_are_compared_one_by_one_and_days_by_the_calendar():
    assert folded("ĐÀ LẠT İ ẞ") == "đà lạt İ ß"
    assert holds(Days(TODAY, None), TODAY)
    assert not holds(Days(None, TODAY), TODAY)


def test_a_catalogue_holds_each_field_once_and_asks_for_those_that_differ():
    catalogue = Catalogue()
    catalogue.add(Field("a", "A", Kind.TEXT, group="x"), Field("b", "B", Kind.TEXT, group="y"))
    catalogue.provide(lambda: [Field("c", "C", Kind.TEXT, group="x")])
    assert list(catalogue.fields()) == ["a", "c", "b"]
    with pytest.raises(ValueError, match="a is there already"):
        catalogue.add(Field("a", "A", Kind.TEXT))
    assert set(SAID) >= {"hidden", "too_deep"}
