"""Accounts, first passwords, keys and roles of one firm."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate

from cxcrm.core.clock import now
from cxcrm.core.errors import Conflict, InvalidInput, NotFound
from cxcrm.core.memory import forget_everything
from tenants.context import in_tenant
from tenants.staff.models import ApiKey, Firm, User
from tenants.staff.roles import CONFIGURATION, Level, Role, permission_level, role_allows, scope_allows
from tenants.staff.services.accounts import choose_password, create_user, password_links
from tenants.staff.services.api_keys import create_api_key, find_api_key, revoke_api_key

pytestmark = pytest.mark.django_db


def test_an_account_belongs_to_one_address_whatever_its_case(in_alpha):
    user = create_user(email=" Hoa@Alpha.example ", full_name="Lê Thị Hoa")
    assert (user.email, user.given_name, user.role) == ("hoa@alpha.example", "Hoa", Role.AGENT)
    assert not user.has_usable_password()
    with pytest.raises(Conflict) as caught:
        create_user(email="HOA@alpha.example", full_name="Another")
    assert caught.value.code == "staff.email_taken"


def test_what_somebody_reads_does_not_turn_their_name_around(in_alpha):
    told = {"full_name": "Danh Sóc Thia", "language": "en"}
    assert create_user(email="thia@alpha.example", **told).given_name == "Thia"
    Firm.objects.update(language="en")
    assert create_user(email="marcus@alpha.example", full_name="Marcus Teo", language="vi").given_name == "Marcus"


def test_logging_in(in_alpha):
    user = create_user(email="hoa@alpha.example", full_name="Lê Thị Hoa", password="một hai ba bốn")
    assert authenticate(username="HOA@alpha.example", password="một hai ba bốn") == user
    for name, password in [
        ("hoa@alpha.example", "x"),
        ("nobody@x.y", "x"),
        ("", "x"),
        ("a\x00b", "x"),
        ("hoa@alpha.example", None),
    ]:
        assert authenticate(username=name, password=password) is None
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert authenticate(username="hoa@alpha.example", password="một hai ba bốn") is None


def test_a_password_link_works_once_and_nowhere_else(alpha, beta):
    with in_tenant(alpha):
        user = create_user(email="hoa@alpha.example", full_name="Lê Thị Hoa")
        token = password_links.make_token(user)
        with pytest.raises(InvalidInput) as caught:
            choose_password(user=user, token=token, password="12345")
        assert caught.value.code == "staff.weak_password"
        choose_password(user=user, token=token, password="một hai ba bốn")
        with pytest.raises(InvalidInput) as caught:
            choose_password(user=user, token=token, password="một hai ba bốn")
        assert caught.value.code == "staff.link_spent"
        user = User.objects.get(pk=user.pk)
        fresh = password_links.make_token(user)
        assert password_links.check_token(user, fresh) is True
    with in_tenant(beta):
        twin = User(pk=user.pk, email=user.email, full_name="Twin", password=User.objects.none() and "")
        twin.password = user.password
        twin.save(force_insert=True)
        assert password_links.check_token(twin, fresh) is False
        assert twin.get_session_auth_hash() != _hash_in(alpha, user)


def _hash_in(tenant, user) -> str:
    with in_tenant(tenant):
        return User.objects.get(pk=user.pk).get_session_auth_hash()


def test_keys_are_shown_once_stored_hashed_and_end(in_alpha, alpha, beta):
    key, text = create_api_key(name="POS", scopes=["customers:write", "customers:write"])
    assert text.startswith(f"cx_{key.prefix}_")
    assert key.scopes == ["customers:write"]
    assert text.split("_", 2)[2] not in str(ApiKey.objects.values().get())
    assert find_api_key(text) == key
    assert ApiKey.objects.get().last_used_at is not None
    for wrong in [
        "",
        "cx",
        "cx_a_b",
        text[:-1],
        text + "x",
        text.replace("cx_", "cy_"),
        "cx_\x00_b",
        "cx_é_b",
    ]:
        assert find_api_key(wrong) is None
    with in_tenant(beta):
        assert find_api_key(text) is None
    ApiKey.objects.update(expires_at=now() - timedelta(seconds=1))
    forget_everything()  # another process did it; ours hears of it within five seconds
    assert find_api_key(text) is None
    ApiKey.objects.update(expires_at=now() + timedelta(hours=1))
    forget_everything()
    assert find_api_key(text) == key
    revoke_api_key(key_id=key.id)
    assert find_api_key(text) is None
    with pytest.raises(NotFound):
        revoke_api_key(key_id=key.id)


@pytest.mark.parametrize("scopes", [[], ["everything"], ["customers:read", "customers:own"]])
def test_unknown_scopes_are_refused(scopes, in_alpha):
    with pytest.raises(InvalidInput):
        create_api_key(name="x", scopes=scopes)
    assert not ApiKey.objects.exists()


def test_what_roles_and_scopes_reach():
    assert role_allows(Role.OWNER, "workflows", Level.MANAGE)
    assert role_allows(Role.AGENT, "feedback", Level.WRITE)
    assert not role_allows(Role.AGENT, "feedback", Level.MANAGE)
    assert not role_allows(Role.READ_ONLY, "customers", Level.WRITE)
    assert not role_allows("stranger", "customers", Level.READ)
    assert not role_allows(Role.OWNER, "platform", Level.READ)
    assert scope_allows(["feedback:manage"], "feedback", Level.READ)
    assert not scope_allows(["feedback:read"], "feedback", Level.WRITE)
    assert permission_level("customers.view_customer") == ("customers", Level.READ)
    assert permission_level("customers.add_customer") == ("customers", Level.WRITE)
    assert permission_level("customers.delete_customer") == ("customers", Level.MANAGE)
    assert permission_level("feedback.change_survey") == ("feedback", Level.MANAGE)
    assert permission_level("customers.change_persona") == ("portraits", Level.WRITE)
    assert permission_level("customers.publish_persona") == ("customers", Level.MANAGE)
    assert [role for role in Role.values if role_allows(role, "portraits", Level.WRITE)] == [
        Role.OWNER, Role.MANAGER, Role.BRAND_STEWARD,
    ]  # fmt: skip
    assert [scope_allows([scope], "portraits", Level.WRITE) for scope in ("customers:write", "customers:manage")] == [
        False, True,
    ]  # fmt: skip


def test_configuration_names_real_models():
    from django.apps import apps

    for label in CONFIGURATION:
        assert apps.get_model(label)._meta.label_lower == label
