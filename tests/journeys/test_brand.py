"""The brand profile: one a firm, three to five traits, ready characters in both languages."""

import pytest

from cxcrm.core.errors import InvalidInput
from journeys import errors
from journeys.logic.brand import preset
from journeys.logic.brand_presets import PRESETS
from journeys.models import BrandProfile
from journeys.services.brand import save_brand
from tests.support.race import race
from workflows.models import Event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]
SAID = {"positioning": "Ly cà phê tử tế, nhanh và gần gũi cho người đi làm.", "majority": "Dân văn phòng"}
TRAITS = [{"name": "Gần gũi", "do": "Gọi tên", "dont": "Nói trống không"}, {"name": "Mộc mạc"}, {"name": "Nhanh"}]


def test_it_is_written_and_written_anew():
    first = save_brand(**SAID, traits=[*TRAITS, {"name": "", "do": " "}], preset="friendly", version=0)
    second = save_brand(**SAID, traits=TRAITS, version=first.version)
    profile = BrandProfile.objects.get()
    assert (profile.pk, profile.version, profile.preset) == (first.pk, 2, "own")
    assert profile.traits == [
        TRAITS[0], {"name": "Mộc mạc", "do": "", "dont": ""}, {"name": "Nhanh", "do": "", "dont": ""},
    ]  # fmt: skip
    assert second.pk == first.pk
    assert Event.objects.filter(name="journeys.brand_changed").count() == 2
    with pytest.raises(errors.ChangedMeanwhile):
        save_brand(**SAID, traits=TRAITS, version=1)


@pytest.mark.parametrize(
    ("traits", "problem"),
    [
        (TRAITS[:2], "few"),
        ([{"name": str(number)} for number in range(6)], "many"),
        ([*TRAITS, {"do": "không tên"}], "name"),
        ([*TRAITS, {"name": "gần GŨI"}], "twice"),
    ],
)
def test_traits_that_are_none(traits, problem):
    with pytest.raises(errors.BrandInvalid) as refusal:
        save_brand(**SAID, traits=traits)
    assert (refusal.value.data["problem"], refusal.value.data["field"]) == (problem, "traits")
    assert not BrandProfile.objects.exists()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"positioning": ""}, "positioning"),
        ({"majority": "x" * 201}, "majority"),
        ({"preset": "posh"}, "preset"),
        ({"traits": [*TRAITS, {"name": "x" * 41}]}, "traits"),
        ({"traits": [*TRAITS, {"name": "x", "do": "y" * 301}]}, "traits"),
    ],
)
def test_bad_input_names_its_field(told, field):
    with pytest.raises(InvalidInput) as refusal:
        save_brand(**{**SAID, "traits": TRAITS, **told})
    assert refusal.value.data["field"] == field


@pytest.mark.django_db(transaction=True)
def test_two_who_write_the_first_one_write_one(alpha):
    race(alpha, *[lambda: save_brand(**SAID, traits=TRAITS)] * 3)
    assert BrandProfile.objects.get().version == 3


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("code", sorted(PRESETS))
def test_every_ready_character_can_be_taken_as_it_is(code, language):
    assert save_brand(**SAID, traits=preset(code, language), preset=code).traits == preset(code, language)
