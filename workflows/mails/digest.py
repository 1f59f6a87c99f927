"""The morning's mail: what waits for the reader's decision or approval, what is late, due, or to be looked back at."""

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from customers.logic.masks import without_contacts
from journeys.models import Decision, Environment
from tenants.staff.models import User
from workflows import wording
from workflows.mails.base import AUTOMATIC, Composed, Skip, absolute, case_url, link, to_staff
from workflows.models import Alert, ChangeRequest, Coaching, EscalationStep, Message, Recognition, Review, SlaClock
from workflows.selectors.change_words import what_waits
from workflows.selectors.conduct import source_of
from workflows.selectors.digest import digest_for
from workflows.selectors.people import customer_called, person
from workflows.selectors.reviews import called


def compose(message: Message) -> Composed | Skip:
    """Nothing when everything was done before it left."""
    if message.user is None:
        return Skip("left")
    digest = digest_for(message.user)
    if digest.is_empty:
        return Skip("nothing_waiting")
    return to_staff(
        "digest",
        message.user,
        headers=AUTOMATIC,
        digest=digest,
        today=wording.day(message.created_at),
        decisions=[_asked(step) for step in digest.decisions],
        late=[_promised(clock) for clock in digest.late],
        due_today=[_promised(clock) for clock in digest.today],
        findings=[_found(alert) for alert in digest.findings],
        changes=[_between(change) for change in digest.changes],
        reviews=[_submitted(review) for review in digest.reviews],
        look_back=[_decided(decision) for decision in digest.look_back],
        places=[_due(place) for place in digest.places],
        thanks=[_thanked(one) for one in digest.thanks],
        only_for_you=[_between_two(one, message.user) for one in digest.only_for_you],
        home_url=absolute("/admin/"),
    )


def _asked(step: EscalationStep) -> dict[str, str]:
    complaint = step.ladder.complaint
    return {
        "number": complaint.number,
        "subject": complaint.subject,
        "customer": customer_called(complaint.customer),
        "when": wording.moment(step.decide_by) if step.decide_by else "",
        "url": link("d", "decide", step.id),
    }


def _promised(clock: SlaClock) -> dict[str, str]:
    complaint = clock.complaint
    return {
        "number": complaint.number,
        "subject": complaint.subject,
        "customer": customer_called(complaint.customer),
        "when": wording.moment(clock.due_at),
        "url": case_url(complaint),
    }


def _submitted(review: Review) -> dict[str, str]:
    return {
        "about": called(review),
        "who": person(review.asked_by) if review.asked_by else "",
        "when": wording.moment(review.answer_by),
        "url": absolute(f"/admin/workflows/review/{review.pk}/change/"),
    }


def _found(alert: Alert) -> dict[str, str]:
    """What was found, as the alert says it; its page leads on, and settles it."""
    url = absolute(f"/admin/workflows/alert/{alert.pk}/change/")
    return {"about": alert.detail, "what": alert.get_kind_display(), "url": url}


def _between(change: ChangeRequest) -> dict[str, str]:
    return {
        "about": without_contacts(change.subject),
        "ways": f"{change.from_department} → {change.to_department}",
        "what": what_waits(change),
        "url": absolute(f"/admin/workflows/changerequest/{change.pk}/change/#cx-next"),
    }


def _decided(decision: Decision) -> dict[str, str]:
    return {
        "about": decision.topic,
        "when": date_format(decision.check_back_on, "d/m/Y"),
        "url": absolute(f"/admin/journeys/decision/{decision.pk}/change/#cx-figures"),
    }


def _due(place: Environment) -> dict[str, str]:
    return {
        "about": str(place),
        "when": date_format(place.due_on, "d/m/Y"),
        "url": absolute(f"/admin/journeys/environment/{place.pk}/walk/"),
    }


def _thanked(one: Recognition) -> dict[str, str]:
    """The customer's words, whose they are, and who is thanked; a case tells only that it is solved."""
    words = one.response.words if one.response else one.quote.text if one.quote else ""
    return {
        "about": f"“{without_contacts(words)}”" if words else _("A case is solved, the customer says so"),
        "who": customer_called(source_of(one).customer),
        "what": str(one.thanked),
        "url": absolute("/admin/journeys/journey/my-part/"),
    }


def _between_two(one: Coaching, user: User) -> dict[str, str]:
    """As little as possible: mails are read by more people than the page."""
    mine = one.colleague_id == user.pk
    return {
        "about": _("Please tell your side") if mine else _("A decision waits for you"),
        "when": wording.moment(one.reply_by) if mine else "",
        "what": "" if mine else _("both sides were heard"),
        "url": absolute(f"/admin/workflows/coaching/{one.pk}/change/"),
    }
