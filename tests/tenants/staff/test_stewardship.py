"""Who leads the brand, and who must ask."""

from uuid import uuid4

import pytest

from cxcrm.core.context import SYSTEM, Actor
from tenants.staff.models import Firm, User
from tenants.staff.selectors.stewardship import may_lead, must_ask, stewards
from tenants.staff.services.accounts import create_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def test_nobody_asks_in_a_firm_without_a_steward_and_few_need_to_in_one_with():
    manager = create_user(email="tung@alpha.example", full_name="Ngô Thanh Tùng", role="manager")
    executive = create_user(email="bao@alpha.example", full_name="Trần Quốc Bảo", role="executive")
    owner = User.objects.get(role="owner")
    key = Actor("api_key", uuid4(), "đối tác")
    people = [Actor("user", one.pk, one.full_name) for one in (manager, executive, owner)]
    assert [must_ask(one) for one in (*people, key, SYSTEM)] == [False] * 5
    steward = create_user(email="nam@alpha.example", full_name="Phạm Hoàng Nam", role="brand_steward")
    assert list(stewards()) == [steward]
    asked = [must_ask(one) for one in (*people, key, SYSTEM, Actor("user", steward.pk, "Nam"))]
    assert asked == [True, True, False, True, False, False]
    Firm.objects.update(chief=executive)
    assert [may_lead(one) for one in (manager, executive, owner, steward)] == [False, True, True, True]
    assert must_ask(people[1]) is False
    User.objects.filter(pk=steward.pk).update(is_active=False)
    assert (list(stewards()), must_ask(people[0])) == ([], False)
