"""How this firm's brand sounds, by the character of its profile."""

from dataclasses import asdict

from cxcrm.core.language import LANGUAGES, speaking
from cxcrm.core.once import once
from journeys.logic.voice import Voice, spoken
from journeys.models import BrandProfile
from journeys.voice_words import VOICES
from tenants.staff.selectors.firm import self_name, the_firm


@once
def character() -> str:
    """The character with ready lines that the firm has chosen; "" without a profile, or with one of its own."""
    chosen = BrandProfile.objects.values_list("preset", flat=True).first() or ""
    return chosen if chosen in VOICES else ""


def voice_for(*, language: str, inline: str, inline_capital: str) -> Voice | None:
    """The brand's lines to whoever is addressed so, in ``language``, which must be the active one.

    None where the firm has chosen no ready character: then mails and pages say what they say for everybody.
    """
    return voice_of(
        character(), brand=the_firm().brand, we=self_name(language), inline=inline, inline_capital=inline_capital
    )


def voices_of(preset: str) -> dict[str, dict[str, str]]:
    """The lines of a character by language and name, as this firm says them; {xh} and {Xh} stand for who is addressed.

    Empty for a character without ready ones.
    """
    found = {}
    for language in LANGUAGES:
        with speaking(language):
            voice = voice_of(
                preset, brand=the_firm().brand, we=self_name(language), inline="{xh}", inline_capital="{Xh}"
            )
        if voice is not None:
            found[language] = asdict(voice)
    return found


def voice_of(preset: str, *, brand: str, we: str, inline: str, inline_capital: str) -> Voice | None:
    """The lines of a character, in the active language; None for a character without ready ones."""
    if preset not in VOICES:
        return None
    lines = {name: str(text) for name, text in VOICES[preset].items()}
    return spoken(lines, brand=brand, we=we, inline=inline, inline_capital=inline_capital)
