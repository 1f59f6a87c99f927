"""How this firm's brand sounds, by the character of its profile."""

from dataclasses import asdict

from customers.logic.names import Address
from cxcrm.core.language import LANGUAGES, speaking
from cxcrm.core.once import once
from journeys.logic.voice import Pair, Voice, paired, spoken
from journeys.models import BrandProfile
from journeys.voice_words import VOICES
from tenants.staff.selectors.firm import self_name, the_firm


@once
def character() -> str:
    """The character with ready lines that the firm has chosen; "" without a profile, or with one of its own."""
    chosen = BrandProfile.objects.values_list("preset", flat=True).first() or ""
    return chosen if chosen in VOICES else ""


def pair_for(address: Address, language: str) -> Pair:
    """What the firm calls itself and the customer: one pair for all of a page or mail in ``language``."""
    return paired(
        self_name(language),
        brand=the_firm().brand,
        language=language,
        inline=address.inline,
        inline_capital=address.inline_capital,
    )


def voice_for(pair: Pair) -> Voice | None:
    """The brand's lines with these words for who speaks and who is spoken to, in the active language.

    None where the firm has chosen no ready character: then mails and pages say what they say for everybody.
    """
    return voice_of(character(), brand=the_firm().brand, pair=pair)


def voices_of(preset: str) -> dict[str, dict[str, str]]:
    """The lines of a character by language and name, as this firm says them; {xh} and {Xh} stand for who is addressed.

    Empty for a character without ready ones.
    """
    found = {}
    for language in LANGUAGES:
        with speaking(language):
            we = self_name(language)
            pair = Pair(we, we[:1].upper() + we[1:], "{xh}", "{Xh}")
            voice = voice_of(preset, brand=the_firm().brand, pair=pair)
        if voice is not None:
            found[language] = asdict(voice)
    return found


def voice_of(preset: str, *, brand: str, pair: Pair) -> Voice | None:
    """The lines of a character, in the active language; None for a character without ready ones."""
    if preset not in VOICES:
        return None
    return spoken({name: str(text) for name, text in VOICES[preset].items()}, brand=brand, pair=pair)
