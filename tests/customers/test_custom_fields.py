"""A firm's own fields: set up once, filled in by staff and programs, never orphaned."""

import pytest
from django.utils import translation

from customers import errors
from customers.models import Customer, CustomField
from customers.selectors.custom_fields import custom_fields, custom_shown, having
from customers.services.custom_fields import MAX_FIELDS, remove_custom_field, save_custom_field
from customers.services.customers import create_customer, update_customer
from cxcrm.core.errors import InvalidInput
from tenants.staff.selectors.firm import the_firm
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
LEVELS = [{"value": "vang", "vi": "Vàng", "en": "Gold"}, {"value": "bac", "vi": "Bạc", "en": "Silver"}]


def own(label="Hạng thẻ", kind="choice", choices=LEVELS, **told):
    return save_custom_field(field=CustomField(label_vi=label, kind=kind, choices=choices, **told))


def shown(customer):
    customer.refresh_from_db()
    return dict(custom_shown(custom_fields(), customer.custom, the_firm()))


def test_fields_are_filled_in_changed_and_shown_in_both_languages():
    level = own(label_en="Card level")
    own("Sinh nhật bé", "date", [])
    own("Chi tối đa", "money", [])
    own("Số con", "number", [])
    own("Ăn chay", "yes_no", [])
    own(
        "Thích",
        "choices",
        [{"value": "tra", "vi": "Trà", "en": "Tea"}, {"value": "caphe", "vi": "Cà phê", "en": "Coffee"}],
    )
    assert level.key == "card_level"
    values = {"card_level": "gold", "sinh_nhat_be": "5/3/2025", "chi_toi_da": "350k", "so_con": "1250,5",
              "an_chay": False, "thich": ["Cà phê", "tra"]}  # fmt: skip
    lan = create_customer(full_name="Lan", custom=values)
    assert lan.custom == {"card_level": "vang", "sinh_nhat_be": "2025-03-05", "chi_toi_da": 350_000, "so_con": 1250.5,
                          "an_chay": False, "thich": ["tra", "caphe"]}  # fmt: skip
    with translation.override("vi"):
        assert shown(lan) == {
            "Hạng thẻ": "Vàng", "Sinh nhật bé": "05/03/2025", "Chi tối đa": "350.000\u00a0₫", "Số con": "1.250,5",
            "Ăn chay": "không", "Thích": "Trà, Cà phê",
        }  # fmt: skip
    with translation.override("en"):
        assert shown(lan)["Card level"] == "Gold"
    update_customer(customer_id=lan.id, custom={"so_con": None, "card_level": "bac"})
    lan.refresh_from_db()
    assert (lan.custom["card_level"], "so_con" in lan.custom, lan.custom["an_chay"]) == ("bac", False, False)
    assert lan.interactions.first().data == {"fields": ["custom"]}
    version = lan.version
    update_customer(customer_id=lan.id, custom={"card_level": "silver"})
    lan.refresh_from_db()
    assert lan.version == version
    everybody = Customer.objects.all()
    assert list(having(everybody, level, "bac")) == [lan]
    assert list(having(everybody, CustomField.objects.get(key="thich"), "tra")) == [lan]
    assert not having(everybody, level, "vang").exists()


@pytest.mark.parametrize(
    ("custom", "problem"),
    [({"card_level": "tin"}, "unknown_choice"), ({"shoe": 1}, "unknown_field"), ({"card_level": 5}, "wrong_type"),
     ({"card_level": ""}, "required"), ({"gone": "x"}, "unknown_field"), ({"": "x"}, "unknown_field")],
)  # fmt: skip
def test_what_is_no_value_is_refused_and_nothing_changes(custom, problem):
    own(label_en="Card level", is_required=True)
    own("Gone", "text", [], is_active=False)
    lan = create_customer(full_name="Lan", custom={"card_level": "vang"})
    with pytest.raises(errors.CustomValueInvalid) as refused:
        update_customer(customer_id=lan.id, note="mới", custom=custom)
    assert refused.value.data["problem"] == problem
    assert "%" not in str(refused.value)
    lan.refresh_from_db()
    assert (lan.custom, lan.note, lan.version) == ({"card_level": "vang"}, "", 1)
    assert create_customer(full_name="Ba")  # nobody is turned away for what a form asks staff


def test_a_choice_taken_away_stays_with_who_has_it():
    level = own()
    lan = create_customer(full_name="Lan", custom={"hang_the": "vang"})
    level.choices = [LEVELS[1]]
    save_custom_field(field=level)
    level.refresh_from_db()
    assert [(one["value"], one["retired"]) for one in level.choices] == [("bac", False), ("vang", True)]
    with translation.override("vi"):
        assert shown(lan) == {"Hạng thẻ": "Vàng"}
    update_customer(customer_id=lan.id, custom={"hang_the": "bac"})
    save_custom_field(field=level)
    level.refresh_from_db()
    assert [one["value"] for one in level.choices] == ["bac"]


def test_out_of_use_keeps_what_was_entered_and_a_used_field_stays_what_it_is():
    level = own()
    lan = create_customer(full_name="Lan", custom={"hang_the": "vang"})
    level.is_active = False
    save_custom_field(field=level)
    assert shown(lan) == {}
    level.is_active = True
    save_custom_field(field=level)
    assert list(shown(lan).values()) in (["Vàng"], ["Gold"])
    level.kind = "text"
    with pytest.raises(errors.CustomFieldHasValues):
        save_custom_field(field=level)
    with pytest.raises(errors.CustomFieldHasValues):
        remove_custom_field(field=level)
    level.refresh_from_db()
    level.key = "other"
    with pytest.raises(errors.CustomKeyFixed):
        save_custom_field(field=level)
    update_customer(customer_id=lan.id, custom={"hang_the": None})
    level.refresh_from_db()
    remove_custom_field(field=level)
    assert not CustomField.objects.exists()
    assert Event.objects.filter(name="core.setting_changed", payload__model="customers.customfield").count() == 4


@pytest.mark.parametrize(
    "choices",
    [[], [{"value": "A b", "vi": "A", "en": "A"}], [{"value": "a", "vi": " ", "en": "A"}], ["a"], [{"value": "a"}],
     [LEVELS[0], LEVELS[0]], [{"value": "a", "vi": "A\x00", "en": "A"}], [{**LEVELS[0], "retired": True}],
     [{"value": "a", "vi": 5, "en": "A"}], [{**LEVELS[0], "more": 1}]],
)  # fmt: skip
def test_choices_that_are_none(choices):
    with pytest.raises(errors.CustomFieldInvalid):
        own(choices=choices)
    assert not CustomField.objects.exists()


def test_limits_and_keys():
    for number in range(MAX_FIELDS):
        own(f"Ô {number}", "text", [])
    with pytest.raises(errors.TooMany):
        own("Ô cuối", "text", [])
    assert CustomField.objects.count() == MAX_FIELDS
    CustomField.objects.all().delete()
    with pytest.raises(errors.TooMany):
        own(choices=[{"value": f"v{n}", "vi": "x", "en": "x"} for n in range(61)])
    with pytest.raises(InvalidInput):
        own("Ô", "text", [], key="Khóa")
