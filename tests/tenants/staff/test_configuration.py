"""How a firm is set up: what is refused, and that every change is in the audit log."""

from datetime import date
from uuid import uuid4

import pytest

from cxcrm.core.errors import Conflict, InvalidInput
from tenants.staff.backends import StaffBackend
from tenants.staff.models import Absence, AnonymousStaff, Branch, Department, Firm, User
from tenants.staff.selectors.people import absences_on, working_user
from tenants.staff.services import configuration
from tenants.staff.services.accounts import create_user
from workflows.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def lan(in_alpha) -> User:
    return create_user(email="lan@alpha.example", full_name="Trần Thị Lan", role="manager")


def changes() -> list[tuple[str, str]]:
    rows = Event.objects.filter(name="core.setting_changed").order_by("pk")
    return [(row.payload["model"], row.payload["action"]) for row in rows]


def test_units_are_kept_and_recorded(lan):
    department = configuration.save_department(department=Department(name="Bếp", lead=lan))
    branch = configuration.save_branch(branch=Branch(name="Quận 1", manager=lan))
    branch.address = "12 Lê Lợi"
    configuration.save_branch(branch=branch)
    assert [str(department), str(branch)] == ["Bếp", "Quận 1"]
    assert changes() == [("staff.department", "added"), ("staff.branch", "added"), ("staff.branch", "changed")]


def test_a_name_is_taken_once(lan):
    configuration.save_department(department=Department(name="Bếp"))
    with pytest.raises(InvalidInput) as refused:
        configuration.save_department(department=Department(name="Bếp"))
    assert refused.value.code == "setting.invalid"
    assert len(changes()) == 1


def test_the_firms_chief_must_work_here(lan):
    firm = Firm.objects.get()
    firm.chief = lan
    configuration.save_firm(firm=firm)
    lan.is_active = False
    lan.save()
    firm.default_executive = lan
    with pytest.raises(InvalidInput, match="Trần Thị Lan"):
        configuration.save_firm(firm=firm)


def test_nobody_is_away_twice_on_one_day(lan):
    owner = User.objects.get(role="owner")
    absence = Absence(user=lan, starts_on=date(2030, 1, 5), ends_on=date(2030, 1, 9), deputy=owner)
    configuration.save_absence(absence=absence)
    for first, last in ((5, 9), (1, 5), (9, 12), (6, 7), (1, 31)):
        with pytest.raises(Conflict) as refused:
            configuration.save_absence(
                absence=Absence(user=lan, starts_on=date(2030, 1, first), ends_on=date(2030, 1, last))
            )
        assert refused.value.code == "absence.overlaps"
    configuration.save_absence(absence=absence)  # its own days are no overlap
    configuration.save_absence(absence=Absence(user=owner, starts_on=date(2030, 1, 5), ends_on=date(2030, 1, 9)))
    assert absences_on(date(2030, 1, 9), [lan.pk]) == {lan.pk: [(absence.starts_on, absence.ends_on, owner.pk)]}
    assert set(absences_on(date(2030, 1, 9))) == {lan.pk, owner.pk}
    assert absences_on(date(2030, 1, 10)) == {}
    configuration.remove_absence(absence=absence)
    assert changes()[-1] == ("staff.absence", "removed")


def test_a_firm_keeps_an_owner_who_can_log_in(lan):
    owner = User.objects.get(role="owner")
    for change in ({"role": "manager"}, {"is_active": False}):
        for name, value in change.items():
            setattr(owner, name, value)
        with pytest.raises(Conflict) as refused:
            configuration.save_user(user=owner)
        assert refused.value.code == "staff.last_owner"
        owner.refresh_from_db()
    lan.role = "owner"
    lan.email = " LAN@Alpha.example "
    assert configuration.save_user(user=lan).email == "lan@alpha.example"
    owner.role = "manager"
    configuration.save_user(user=owner)
    assert list(User.objects.filter(role="owner")) == [lan]


def test_a_language_we_speak(lan):
    configuration.choose_language(user_id=lan.pk, language="en")
    lan.refresh_from_db()
    assert lan.language == "en"
    with pytest.raises(InvalidInput):
        configuration.choose_language(user_id=lan.pk, language="fr")


def test_who_somebody_is(lan):
    assert (lan.get_short_name(), lan.get_full_name(), str(lan)) == ("Lan", "Trần Thị Lan", "Trần Thị Lan")
    assert User.objects.get_by_natural_key("LAN@alpha.example") == lan
    assert (lan.is_staff, lan.is_superuser) == (True, False)
    assert lan.has_perms(["customers.view_customer", "feedback.change_survey"])
    assert not lan.has_perms(["customers.view_customer", "staff.change_user"])
    assert (lan.has_module_perms("customers"), lan.has_module_perms("no_such_room")) == (True, False)
    lan.role = "agent"  # the operators' room is for three roles
    assert (lan.has_module_perms("customers"), lan.has_module_perms("tenants")) == (True, False)
    assert AnonymousStaff().allows("customers", "read") is False
    assert working_user(lan.pk) == lan
    assert working_user(None) is None
    assert working_user(uuid4()) is None


def test_the_backend_finds_active_people_only(lan):
    backend = StaffBackend()
    assert backend.get_user(lan.pk) == lan
    assert backend.get_user("no id") is None
    lan.is_active = False
    lan.save()
    assert backend.get_user(lan.pk) is None
    for name, password in ((None, "x"), ("", "x"), ("lan@alpha.example", None), ("x\x00", "x")):
        assert backend.authenticate(None, username=name, password=password) is None


def test_a_name_given_is_not_guessed(in_alpha):
    user = create_user(email="a@alpha.example", full_name="Marcus Teo", given_name="Marcus")
    assert user.given_name == "Marcus"
    assert create_user(email="b@alpha.example", full_name=" ").given_name == ""
