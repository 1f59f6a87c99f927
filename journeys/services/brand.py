"""Saying what the brand stands for."""

from collections.abc import Sequence

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.events import publish
from journeys.errors import BrandInvalid, ChangedMeanwhile
from journeys.events import BrandChanged
from journeys.logic.brand import NAME_LENGTH, WORDING_LENGTH, Trait, trait_problem
from journeys.models import BrandProfile
from journeys.services.naming import choice, line
from tenants.staff.models import Firm
from tenants.staff.services.configuration import save_look

POSITIONING_LENGTH, MAJORITY_LENGTH, MEANING_LENGTH = 300, 200, 300


@transaction.atomic
def save_brand(
    *,
    positioning: str,
    majority: str,
    traits: Sequence[Trait],
    preset: str = BrandProfile.Preset.OWN,
    meaning: str | None = None,
    version: int | None = None,
    colour: str | None = None,
    self_pronoun: str | None = None,
) -> BrandProfile:
    """Write the firm's one brand profile; each trait has ``name``, ``do`` and ``dont``.

    With ``version`` only over the one that was read. ``colour`` and ``self_pronoun`` are the firm's; None leaves them,
    and None leaves ``meaning``, what experience means here in one sentence.
    Raises InvalidInput (also for a colour that cannot be seen), BrandInvalid, ChangedMeanwhile.
    """
    Firm.objects.select_for_update(no_key=True).get()  # two who write the first one at once
    profile = BrandProfile.objects.first() or BrandProfile(version=0)
    if version is not None and version != profile.version:
        raise ChangedMeanwhile(version=profile.version)
    written: list[dict[str, str]] = [
        {
            "name": line(trait.get("name", ""), "traits", NAME_LENGTH),
            "do": line(trait.get("do", ""), "traits", WORDING_LENGTH),
            "dont": line(trait.get("dont", ""), "traits", WORDING_LENGTH),
        }
        for trait in traits
    ]
    told = [trait for trait in written if any(trait.values())]
    if problem := trait_problem(told):
        raise BrandInvalid.because(problem)
    profile.positioning = line(positioning, "positioning", POSITIONING_LENGTH, required=True)
    profile.majority = line(majority, "majority", MAJORITY_LENGTH, required=True)
    if meaning is not None:
        profile.meaning = line(meaning, "meaning", MEANING_LENGTH)
    profile.preset = choice(preset, BrandProfile.Preset, "preset")
    profile.traits = told
    profile.updated_at, profile.version = now(), profile.version + 1
    profile.save()
    if colour is not None or self_pronoun is not None:
        save_look(colour=colour, self_pronoun=self_pronoun)
    publish(BrandChanged(profile_id=profile.pk))
    return profile
