"""Links: one object, one purpose, one tenant."""

from dataclasses import replace
from uuid import uuid4

import pytest

from cxcrm.core.tokens import make_token, read_token
from tenants.context import in_tenant

pytestmark = pytest.mark.django_db


def test_a_link_opens_its_object_for_its_purpose_in_its_tenant_only(alpha, beta):
    ident = uuid4()
    with in_tenant(alpha):
        token = make_token("survey", ident)
        assert len(token) == 43
        assert make_token("survey", ident) == token
        assert read_token("survey", token) == ident
        assert read_token("track", token) is None
    with in_tenant(beta):
        assert read_token("survey", token) is None
    with in_tenant(replace(alpha, epoch=alpha.epoch + 1)):
        assert read_token("survey", token) is None


def test_no_changed_character_is_accepted(in_alpha):
    token = make_token("decide", uuid4())
    for place in range(len(token)):
        for letter in "A9_-z":
            if token[place] != letter:
                assert read_token("decide", token[:place] + letter + token[place + 1 :]) is None


@pytest.mark.parametrize("token", ["", "a", "é" * 43, "A" * 42, "A" * 44, "A" * 43, "=" * 43, "\x00" * 43, "../" * 14])
def test_rubbish_is_refused(token, in_alpha):
    assert read_token("survey", token) is None


def test_links_survive_a_key_rotation(in_alpha, settings):
    ident = uuid4()
    token = make_token("track", ident)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key"
    assert read_token("track", token) == ident
    settings.SECRET_KEY_FALLBACKS = []
    assert read_token("track", token) is None
