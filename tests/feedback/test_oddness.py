"""Odd answers: marked when they come, set aside with a reason, left out of every measure and never gone."""

from datetime import timedelta

import pytest
from django.core.signing import Signer

from cxcrm.core.clock import now
from cxcrm.core.context import Actor, acting_as
from cxcrm.core.errors import NotFound
from cxcrm.core.tokens import make_token
from feedback.errors import NotOdd, SettingAsideInvalid, SettingAsideIsPersonal
from feedback.models import ComplaintNote, Invitation, Response
from feedback.selectors.metrics import score
from feedback.selectors.oddness import Odd, odd_answers
from feedback.selectors.praise import is_praise
from feedback.selectors.trends import scores_by
from feedback.services.oddness import count_again, set_aside
from feedback.services.responses import record_response
from tests.feedback.conftest import events


def by(user):
    return acting_as(Actor("user", user.pk if user else None, "Ai đó"))


def test_what_looks_odd_is_marked_when_it_comes(make_customer, make_user, make_complaint, invite, nps):
    quick = record_response(invitation_id=invite(nps).pk, score=10, seconds=3.2)
    slow = record_response(invitation_id=invite(nps).pk, score=10, seconds=5)
    assert (quick.odd, slow.odd) == (["quick"], [])
    # Three customers in one mailbox: the third marks those before as well.
    invitations = [invite(nps) for _number in range(4)]
    Invitation.objects.filter(pk__in=[one.pk for one in invitations]).update(email="quan@example.com")
    found = [record_response(invitation_id=one.pk, score=10) for one in invitations]
    assert [Response.objects.get(pk=one.pk).odd for one in found] == [["one_mailbox"]] * 4
    # What staff wrote to the customer lately, not what colleagues wrote to each other.
    for internal, expected in ((True, []), (False, ["begged"])):
        customer = make_customer()
        invitation = invite(nps, customer)
        case = make_complaint(customer_id=customer.pk)
        ComplaintNote.objects.create(
            complaint=case, author=make_user(), body="Chị cho em xin 10 điểm nha", is_internal=internal
        )
        assert record_response(invitation_id=invitation.pk, score=10).odd == expected
    at = now()
    assert odd_answers(at - timedelta(days=1), at + timedelta(days=1)) == Odd(marked=6, set_aside=0)


def test_set_aside_counts_nowhere_and_can_be_counted_again(make_user, invite, nps):
    odd = record_response(invitation_id=invite(nps).pk, score=10, words="Tuyệt", seconds=1)
    fair = record_response(invitation_id=invite(nps).pk, score=2, words="Chậm")
    steward, manager = make_user(role="brand_steward"), make_user(role="manager")

    def counted():
        return score("nps").n, scores_by(days=30, stretches=1, until=now())["nps"][0].n

    assert (counted(), is_praise(odd)) == ((2, 2), True)
    assert not is_praise(Response(metric="none", score=5, words="Tuyệt")), "what measures nothing praises nothing"
    for user in (None, manager):
        with by(user), pytest.raises(SettingAsideIsPersonal):
            set_aside(response_id=odd.pk, because="x")
    with by(steward):
        with pytest.raises(NotOdd):
            set_aside(response_id=fair.pk, because="Điểm thấp quá")
        with pytest.raises(NotFound):
            set_aside(response_id=steward.pk, because="x")
        for because in (" ", "x" * 301):
            with pytest.raises(SettingAsideInvalid):
                set_aside(response_id=odd.pk, because=because)
        row = set_aside(response_id=odd.pk, because=" Trả lời  thay khách ")
        assert (row.set_aside_because, row.set_aside_by, row.score) == ("Trả lời thay khách", steward, 10)
        assert (counted(), is_praise(row)) == ((1, 1), False)
        at = now()
        assert odd_answers(at - timedelta(days=1), at + timedelta(days=1)) == Odd(marked=1, set_aside=1)
        count_again(response_id=odd.pk)
        row = count_again(response_id=odd.pk)
    assert (row.set_aside_at, row.set_aside_by, row.set_aside_because, row.odd) == (None, None, "", ["quick"])
    assert counted() == (2, 2)
    ident = {"response_id": str(odd.pk)}
    assert events("response_set_aside", "response_counted_again") == [
        ("response_set_aside", ident), ("response_counted_again", ident),
    ]  # fmt: skip


def test_the_form_carries_when_it_was_shown(client_alpha, invite, nps):
    first, second, third, fourth = (invite(nps) for _number in range(4))

    def page(one):
        return f"/s/{make_token('survey', one.pk)}/"

    def stamp(text):
        return text.partition('name="shown" value="')[2].partition('"')[0]

    shown = stamp(client_alpha.get(page(first)).content.decode())
    assert 'name="shown"' not in client_alpha.get(f"{page(second)}?score=9").content.decode()
    client_alpha.post(page(first), {"score": "9", "shown": shown})
    client_alpha.post(page(second), {"score": "9", "shown": shown})  # another one's
    client_alpha.post(page(third), {"score": "9", "shown": "made:up"})
    old = Signer(salt="survey.shown").sign(f"{fourth.pk}.{int(now().timestamp()) - 60}")
    client_alpha.post(page(fourth), {"score": "9", "shown": old})
    found = {row.invitation_id: row.odd for row in Response.objects.all()}
    assert found == {first.pk: ["quick"], second.pk: [], third.pk: [], fourth.pk: []}
