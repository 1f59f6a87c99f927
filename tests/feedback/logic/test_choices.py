"""Choices of a question written as lines."""

from feedback.logic.choices import choices_as_lines, read_choices

BEFORE = [{"value": "1", "vi": "Quầy", "en": "Counter"}, {"value": "2", "vi": "Ứng dụng", "en": "App"}]


def test_lines_become_choices() -> None:
    assert read_choices(" Quầy | Counter \n\nGiao hàng\nQuầy | again", []) == [
        {"value": "1", "vi": "Quầy", "en": "Counter"},
        {"value": "2", "vi": "Giao hàng", "en": "Giao hàng"},
    ]
    assert read_choices("", BEFORE) == []


def test_known_wordings_keep_their_value_wherever_they_move() -> None:
    assert read_choices("Ứng dụng | The app\nGiao hàng | Delivery\nQuầy | Counter", BEFORE) == [
        {"value": "2", "vi": "Ứng dụng", "en": "The app"},
        {"value": "3", "vi": "Giao hàng", "en": "Delivery"},
        {"value": "1", "vi": "Quầy", "en": "Counter"},
    ]


def test_a_line_reworded_in_place_is_the_same_choice() -> None:
    assert [one["value"] for one in read_choices("Quầy thu ngân | Counter\nỨng dụng | App", BEFORE)] == ["1", "2"]


def test_a_new_choice_never_takes_the_value_of_a_removed_one() -> None:
    assert [one["value"] for one in read_choices("Giao hàng", BEFORE)] == ["3"]
    assert [one["value"] for one in read_choices("Ứng dụng\nGiao hàng", BEFORE)] == ["2", "3"]


def test_an_english_firm_writes_english_first() -> None:
    kept = read_choices("Counter | Quầy\nThe app", BEFORE, "en")
    assert kept[0] == {"value": "1", "vi": "Quầy", "en": "Counter"}
    assert kept[1]["vi"] == kept[1]["en"] == "The app"
    assert choices_as_lines(kept, "en") == "Counter | Quầy\nThe app"
    assert choices_as_lines(kept) == "Quầy | Counter\nThe app"
    assert read_choices(choices_as_lines(kept, "en"), kept, "en") == kept
