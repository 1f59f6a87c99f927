"""The brand's own lines in mails and on survey pages, by its character; nothing changes without one."""

import re

import pytest

from customers.logic.names import Address
from cxcrm.core.colour import contrast, seen_on_paper, text_on
from cxcrm.core.errors import InvalidInput
from cxcrm.core.language import speaking
from journeys.logic.voice import LINES, Pair, spoken
from journeys.models import BrandProfile
from journeys.selectors.voice import pair_for, voice_for
from journeys.services.brand import save_brand
from journeys.voice_words import VOICES
from tenants.staff.models import Firm
from tenants.staff.services.configuration import save_firm, save_look
from workflows.mails.look import readable_on

pytestmark = pytest.mark.django_db
TRAITS = [{"name": name} for name in ("Gần gũi", "Mộc mạc", "Tử tế")]
SAID = {"positioning": "Ly cà phê tử tế.", "majority": "Người đi làm", "traits": TRAITS}
CHI = Address("Chào chị Hà,", "chị", "Chị")


def test_names_are_filled_in_and_never_read_as_a_pattern():
    lines = dict.fromkeys(LINES, "{We} – {brand} – {xh} – {Xh} – {we}")
    voice = spoken(lines, brand="{0.x}", pair=Pair("em", "Em", "chị", "Chị"))
    assert voice.opening == "Em – {0.x} – chị – Chị – em"
    with pytest.raises(KeyError):
        spoken({}, brand="", pair=Pair("", "", "", ""))


def test_every_character_has_every_line_in_both_languages():
    assert set(VOICES) == set(BrandProfile.Preset) - {"own"}
    said = set()
    for lines in VOICES.values():
        assert set(lines) == set(LINES)
        for language in ("vi", "en"):
            with speaking(language):
                texts = {str(text) for text in lines.values()}
            assert not said & texts  # none is left untranslated, and none is another's
            said |= texts
            assert {word for text in texts for word in re.findall("{.*?}", text)} <= {
                "{brand}", "{we}", "{We}", "{xh}", "{Xh}",
            }  # fmt: skip


def test_only_a_ready_character_speaks(in_alpha):
    with speaking("vi"):
        assert voice_for(pair_for(CHI, "vi")) is None
        save_brand(**SAID, preset="own")
        assert voice_for(pair_for(CHI, "vi")) is None
        save_brand(**SAID, preset="friendly", self_pronoun="em", colour="#7C4A21")
        voice = voice_for(pair_for(CHI, "vi"))
    assert (voice.opening, voice.ask) == (
        "Cảm ơn chị đã ghé Cà phê Alpha!",
        "Chị rảnh một phút cho em hỏi nhanh một câu nhé?",
    )
    firm = Firm.objects.get()
    assert (firm.self_pronoun, firm.colour) == ("em", "#7c4a21")
    with speaking("en"):
        assert (
            voice_for(pair_for(Address("Dear Ha,", "you", "You"), "en")).ask
            == "Got a minute, so we can ask you one quick question?"
        )


@pytest.mark.parametrize(
    ("colour", "code"), [("#ffd400", "firm.colour_pale"), ("xanh", "firm.colour"), ("", "firm.colour")]
)
def test_a_colour_nobody_can_see_is_refused_and_nothing_is_kept(in_alpha, colour, code):
    before = Firm.objects.get().colour
    with pytest.raises(InvalidInput) as refused:
        save_brand(**SAID, colour=colour, self_pronoun="em")
    assert (refused.value.code, refused.value.data["field"]) == (code, "colour")
    assert not BrandProfile.objects.exists()
    assert (Firm.objects.get().colour, Firm.objects.get().self_pronoun) == (before, "chúng tôi")


def test_the_refusal_names_a_colour_that_will_do_and_an_older_one_stays(in_alpha):
    with pytest.raises(InvalidInput) as refused:
        save_look(colour="#FFD400")
    darker = refused.value.data["darker"]
    assert darker in str(refused.value)
    assert save_look(colour=darker).colour == darker
    Firm.objects.update(colour="#ffd400")  # chosen before there was a rule
    firm = Firm.objects.get()
    firm.phone = "19001234"
    assert save_firm(firm=firm).colour == "#ffd400"


@pytest.mark.parametrize(
    "colour", ["#0f766e", "#7c4a21", "#ffd400", "#808080", "#767676", "#000000", "#ffffff", "#e8b4bc"]
)
def test_text_on_any_colour_is_readable_and_any_chosen_one_can_be_seen(colour):
    assert contrast(readable_on(colour), colour) >= 4.5
    assert contrast(text_on(seen_on_paper(colour)), seen_on_paper(colour)) >= 4.5
    assert contrast(seen_on_paper(colour), "#ffffff") >= 3
