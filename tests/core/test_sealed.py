"""Sealed secrets: readable by one firm, for one purpose, under a key of now or of before."""

from datetime import timedelta

import pytest
import time_machine

from cxcrm.core.clock import now
from cxcrm.core.errors import NoTenant
from cxcrm.core.sealed import Unreadable, seal, unseal
from tenants.context import in_tenant

pytestmark = pytest.mark.django_db


def test_for_one_firm_and_one_purpose(alpha, beta):
    with in_tenant(alpha):
        sealed = seal("a", "bí mật")
        assert unseal("a", sealed) == "bí mật"
        assert "bí" not in sealed
        assert seal("a", "bí mật") != sealed
        for purpose, text in (("b", sealed), ("a", sealed[:-1]), ("a", ""), ("a", "é")):
            with pytest.raises(Unreadable):
                unseal(purpose, text)
    with in_tenant(beta), pytest.raises(Unreadable):
        unseal("a", sealed)
    with pytest.raises(NoTenant):
        seal("a", "x")


def test_every_bit_counts(in_alpha):
    sealed = seal("a", "x")
    for at in range(0, len(sealed) - 2, 7):  # the last characters are padding
        other = "A" if sealed[at] != "A" else "B"
        with pytest.raises(Unreadable):
            unseal("a", sealed[:at] + other + sealed[at + 1 :])


def test_for_a_while(in_alpha):
    sealed = seal("a", "x")
    assert unseal("a", sealed, max_age=60) == "x"
    with time_machine.travel(now() + timedelta(seconds=62), tick=False), pytest.raises(Unreadable):
        unseal("a", sealed, max_age=60)


def test_after_the_key_was_changed(in_alpha, settings):
    sealed = seal("a", "x")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert unseal("a", sealed) == "x"
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Unreadable):
        unseal("a", sealed)
