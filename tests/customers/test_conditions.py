"""Rules asked of the database and of Python find the same customers: random rows, random trees, gaps included."""

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Customer, CustomField, Purchase
from customers.selectors.segment_fields import CUSTOMER_FIELDS, asking
from customers.selectors.segments import matching
from customers.services.consents import state_consent
from customers.services.custom_fields import save_custom_field
from customers.services.customers import create_customer
from cxcrm.core.clock import now
from cxcrm.core.conditions.asking import MANY_VALUES, NO_VALUE, NUMBER_OF_DAYS, TWO_VALUES, Kind
from cxcrm.core.conditions.finding import values_of
from cxcrm.core.conditions.grouping import put_together
from cxcrm.core.conditions.tree import holds_for, parse
from feedback.models import Complaint, Dispatch, Invitation, Response, Survey
from tenants.staff.models import Branch, User
from tenants.staff.services.configuration import save_branch

PEOPLE = 40
WORDS = ("Hà", "hà nội", "ĐÀ", "50%", "a_b", "x")
TAGS = ("vip", "sỉ", "VIP")


def _maybe(rng, values):
    return rng.choice([None, *values])


def _crowd():
    """Customers who have a little of everything, and nothing of most."""
    rng = random.Random(11)
    branches = [save_branch(branch=Branch(name=name)) for name in ("Một", "Hai", "Ba")]
    for kind in CustomField.Kind.values:
        choices = [{"value": one, "vi": one, "en": one, "retired": False} for one in ("a", "b", "c")]
        save_custom_field(
            field=CustomField(key=kind, label_vi=kind, kind=kind, choices=choices if "choice" in kind else [])
        )
    nps, csat = Survey.objects.get(metric="nps"), Survey.objects.get(metric="csat")
    sending = Dispatch.objects.create(survey=nps)
    owner = User.objects.get(role="owner")
    for number in range(PEOPLE):
        own = {
            "text": _maybe(rng, WORDS), "number": _maybe(rng, (0, -1, 2.5, 7)), "money": _maybe(rng, (0, 100, 250_000)),
            "date": _maybe(rng, ("2026-11-01", "2020-02-29", now().date().isoformat())),
            "yes_no": _maybe(rng, (True, False)), "choice": _maybe(rng, ("a", "b")),
            "choices": _maybe(rng, (["a"], ["b", "c"], ["a", "b", "c"])),
        }  # fmt: skip
        one = create_customer(
            full_name=f"Khách {number}", kind=rng.choice(("person", "person", "organization")), parse_name=False,
            tags=rng.sample(TAGS, rng.choice((0, 1, 2)))[:2], branch=_maybe(rng, branches),
            language=rng.choice(("vi", "en")), owner=_maybe(rng, [owner]),
            custom={key: value for key, value in own.items() if value is not None},
        )  # fmt: skip
        since = now() - timedelta(days=rng.choice((0, 1, 29, 30, 400)))
        Customer.objects.filter(pk=one.pk).update(
            created_at=since, ward=rng.choice(("", *WORDS)), province_code=rng.choice(("", "79", "68"))
        )
        for _turn in range(rng.choice((0, 0, 1, 3))):
            Purchase.objects.create(
                customer=one, occurred_at=now() - timedelta(days=rng.choice((0, 6, 7, 29, 30, 90, 500))),
                amount=rng.choice((0, 100, 59_000)), currency=rng.choice(("VND", "VND", "USD")),
                state=rng.choice(("paid", "paid", "open", "cancelled")), branch=_maybe(rng, branches),
                items=rng.choice(("", *WORDS)), channel=rng.choice(("", "mang đi")),
                covers_until=_maybe(rng, [now().date() + timedelta(days=days) for days in (-40, -30, -7, 0, 29, 400)]),
            )  # fmt: skip
        for _turn in range(rng.choice((0, 0, 2))):
            state_consent(customer_id=one.pk, purpose="survey", granted=rng.random() < 0.5, method="staff")
        for turn in range(rng.choice((0, 0, 1, 2))):
            survey = rng.choice((nps, csat))
            asked = Invitation.objects.create(
                dispatch=sending if not turn else Dispatch.objects.create(survey=nps), survey=survey, customer=one,
                email="a@b.vn", expires_at=now(),
            )  # fmt: skip
            Response.objects.create(
                invitation=asked, survey=survey, customer=one, metric=survey.metric, score=rng.randrange(1, 6),
                answered_at=now() - timedelta(days=rng.choice((0, 7, 30, 90))),
            )  # fmt: skip
        for turn in range(rng.choice((0, 0, 0, 1, 2))):
            Complaint.objects.create(
                number=f"C{number}-{turn}", customer=one, channel="staff", subject="x",
                severity=rng.choice(("S1", "S3")),
                state=rng.choice(("received", "referred_external")), owner=owner,
                received_at=now() - timedelta(days=rng.choice((0, 7, 30, 90))),
            )  # fmt: skip


@pytest.fixture
def crowd(in_alpha, scene):
    scene("crowd", _crowd)
    return Customer.objects.all()


def values_for(field):
    """Values worth asking for: such as there are, and such as there are none."""
    if field.choices:
        return st.sampled_from([value for value, _words in field.offered()])
    return {
        Kind.TEXT: st.sampled_from(WORDS),
        Kind.WORDS: st.sampled_from((*WORDS, "mang")),
        Kind.NUMBER: st.sampled_from((-1, 0, 1, 2.5, 3, 7)),
        Kind.MONEY: st.sampled_from((0, 100, 59_000, 250_000)),
        Kind.COUNT: st.integers(0, 3),
        Kind.DAY: st.sampled_from(("2020-02-29", "2026-11-01", (now() - timedelta(days=7)).date().isoformat())),
        Kind.TAGS: st.sampled_from((*TAGS, "none")),
        Kind.YES_NO: st.booleans(),
    }[field.kind]


@st.composite
def a_leaf(draw, fields):
    field = draw(st.sampled_from(list(fields.values())))
    op = draw(st.sampled_from(field.ops))
    raw = {"field": field.code, "op": op.value}
    if op in NUMBER_OF_DAYS:
        raw["value"] = draw(st.sampled_from((1, 7, 30, 31, 365)))
    elif op in MANY_VALUES:
        raw["value"] = draw(st.lists(values_for(field), min_size=1, max_size=3))
    elif op in TWO_VALUES:
        raw["value"] = sorted((draw(values_for(field)), draw(values_for(field))))
    elif op not in NO_VALUE:
        raw["value"] = draw(values_for(field))
    if field.has_window and draw(st.booleans()):
        raw["days"] = draw(st.sampled_from((1, 7, 30, 365)))
    return raw


def a_tree(fields):
    return st.recursive(
        a_leaf(fields),
        lambda inner: st.one_of(
            st.builds(lambda part: {"not": part}, inner),
            st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
            st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        ),
        max_leaves=5,
    )  # fmt: skip


def found_by_both(raw, fields, people, at):
    node = parse(raw, fields)
    values = values_of(node, people, at)
    by_python = {pk for pk, row in values.items() if holds_for(node, row, at.today)}
    return set(matching(node, at).values_list("pk", flat=True)), by_python


@pytest.mark.django_db
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_the_database_and_python_find_the_same(crowd, data):
    fields = CUSTOMER_FIELDS.fields()
    raw = data.draw(a_tree(fields))
    by_database, by_python = found_by_both(raw, fields, crowd, asking())
    assert by_database == by_python, raw


@pytest.mark.django_db
def test_every_field_and_question_finds_the_same_and_of_some_only_those(crowd):
    """Each by itself once, so that none is left to chance; and of a few customers only they are found."""
    fields, rng = CUSTOMER_FIELDS.fields(), random.Random(5)
    some = list(crowd.order_by("pk").values_list("pk", flat=True)[:15])
    everybody, few, asked = asking(), asking(some), 0
    for field in fields.values():
        for op in field.ops:
            value = _pick(field, rng)
            raw = {"field": field.code, "op": op.value}
            if op in NUMBER_OF_DAYS:
                raw["value"] = 30
            elif op in MANY_VALUES:
                raw["value"] = [value, _pick(field, rng)]
            elif op in TWO_VALUES:
                raw["value"] = sorted((value, _pick(field, rng)))
            elif op not in NO_VALUE:
                raw["value"] = value
            by_database, by_python = found_by_both(raw, fields, crowd, everybody)
            assert by_database == by_python, raw
            node = parse(raw, fields)
            assert set(matching(node, few).values_list("pk", flat=True)) == by_database & set(some), raw
            asked += 1
    assert asked > 150


COUNTS = [{"field": "purchases.count", **told} for told in (
    {"op": "at_least", "value": 1}, {"op": "at_most", "value": 1}, {"op": "is", "value": 0},
    {"op": "between", "value": [0, 2]}, {"op": "at_least", "value": 1, "days": 30},
)]  # fmt: skip
LASTS = [{"field": "purchases.last", **told} for told in (
    {"op": "in_last", "value": 30}, {"op": "not_in_last", "value": 30}, {"op": "in_next", "value": 7},
    {"op": "before", "value": "2020-02-29"}, {"op": "before", "value": "2099-01-01"},
    {"op": "after", "value": "2099-01-01"}, {"op": "filled"}, {"op": "empty"},
)]  # fmt: skip


@pytest.mark.django_db
def test_questions_about_the_same_rows_are_asked_of_them_once(crowd):
    """Every pair, and both turned around; those two that can share a pass are one subquery."""
    fields, at = CUSTOMER_FIELDS.fields(), asking()
    some = list(crowd.order_by("pk").values_list("pk", flat=True)[:15])
    pairs = [(one, other) for one in COUNTS for other in LASTS]
    pairs += [(one, other) for one in (*COUNTS, *LASTS) for other in COUNTS]
    for one, other in pairs:
        for raw in ({"all": [one, other]}, {"not": {"all": [other, one]}}):
            by_database, by_python = found_by_both(raw, fields, crowd, at)
            assert by_database == by_python, raw
            few = matching(parse(raw, fields), asking(some)).values_list("pk", flat=True)
            assert set(few) == by_python & set(some), raw
    for pair, together in (
        ((COUNTS[0], LASTS[1]), [2]),
        ((COUNTS[1], LASTS[0]), [2]),
        ((COUNTS[0], COUNTS[4]), []),  # not of the same days
        ((COUNTS[0], LASTS[6]), []),  # that there is a day at all is known sooner
    ):
        groups, rest = put_together(parse({"all": list(pair)}, fields).parts, at)
        assert ([len(group) for group in groups], len(rest)) == (together, 0 if together else 2)


def _pick(field, rng):
    if field.choices:
        return rng.choice([value for value, _words in field.offered()])
    return {
        Kind.TEXT: "hà", Kind.WORDS: "hà", Kind.NUMBER: rng.choice((0, 2.5, 3)), Kind.MONEY: rng.choice((100, 59_000)),
        Kind.COUNT: rng.choice((0, 1, 2)), Kind.DAY: rng.choice(("2026-11-01", "2026-11-20")),
        Kind.TAGS: rng.choice(TAGS), Kind.YES_NO: rng.random() < 0.5,
    }[field.kind]  # fmt: skip
