"""What happened, in one sentence of the reader's language; stored are only codes and plain values."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.levels import ITEMS
from customers.models import Consent, Customer, DataRequest, Fact, Interaction, Purchase
from cxcrm.core.money import money

# For every code its sentences, the fullest first: the first whose values are all there is said.
_SENTENCES: Final[Mapping[str, tuple[Any, ...]]] = {
    "customer.created": (
        _("Added from the file %(file)s, row %(row)s"),
        _("Added as organisation of a customer in the file %(file)s"),
        _("Added as a customer"),
    ),
    "customer.merged": (_("%(name)s was merged into this customer"), _("Another record was merged into this customer")),
    "customer.merge_undone": (_("The merge with %(name)s was undone"), _("A merge was undone")),
    "customer.changed": (
        _("Changed by the file %(file)s, row %(row)s: %(fields)s"),
        _("Changed: %(fields)s"),
        _("Details changed"),
    ),
    "customer.erased": (_("Personal data erased"),),
    "customer.restored": (
        _("The import of %(file)s was undone; as before: %(fields)s"),
        _("An import was undone"),
    ),
    "consent.granted": (_("Agreed to: %(purpose)s"), _("Consent given")),
    "consent.withdrawn": (_("Does not agree to: %(purpose)s"), _("Consent withdrawn")),
    "survey.invited": (_("Asked for feedback: %(survey)s"), _("Asked for feedback")),
    "survey.answered": (
        _("Changed the answer: %(score)s (%(metric)s)"),
        _("Answered: %(score)s (%(metric)s)"),
        _("Answered a survey"),
    ),
    "survey.imported": (_("Answered before: %(score)s (%(metric)s), from the file %(file)s"), _("Answered before")),
    "complaint.opened": (_("Complaint %(number)s opened"), _("Complaint opened")),
    "complaint.acknowledged": (_("Complaint %(number)s: receipt confirmed"), _("Receipt of the complaint confirmed")),
    "complaint.assessed": (_("Complaint %(number)s assessed as %(severity)s"), _("Complaint assessed")),
    "complaint.assigned": (_("Complaint %(number)s goes to %(owner)s"), _("Complaint assigned")),
    "complaint.started": (_("Work on complaint %(number)s began"), _("Work on the complaint began")),
    "complaint.note": (_("Note on complaint %(number)s"), _("Note on a complaint")),
    "complaint.reply": (_("Reply on complaint %(number)s"), _("Reply on a complaint")),
    "complaint.escalated": (
        _("Complaint %(number)s brought before %(to)s (step %(rung)s)"),
        _("Complaint brought before the next person"),
    ),
    "complaint.decided": (
        _("Complaint %(number)s: handed to %(delegate)s"),
        _("Complaint %(number)s: “%(remedy)s” was chosen"),
        _("Complaint %(number)s: %(decision)s"),
        _("Decision on a complaint"),
    ),
    "complaint.resolved": (_("Complaint %(number)s answered: is it solved?"), _("Complaint answered: is it solved?")),
    "complaint.confirmed": (_("Complaint %(number)s: the customer says it is solved"), _("Complaint solved")),
    "complaint.expired": (
        _("Complaint %(number)s closed: the customer did not answer"),
        _("Complaint closed without an answer"),
    ),
    "complaint.reopened": (_("Complaint %(number)s opened again"), _("Complaint opened again")),
    "complaint.referred": (
        _("Complaint %(number)s handed to an outside body"),
        _("Complaint handed to an outside body"),
    ),
    "purchase.recorded": (
        _("%(purchase)s %(number)s: %(amount)s, covered until %(covered_until)s"),
        _("%(purchase)s: %(amount)s, covered until %(covered_until)s"),
        _("%(purchase)s %(number)s, covered until %(covered_until)s"),
        _("%(purchase)s, covered until %(covered_until)s"),
        _("%(purchase)s %(number)s: %(amount)s"),
        _("%(purchase)s: %(amount)s"),
        _("%(purchase)s %(number)s"),
        _("%(purchase)s"),
        _("Purchase"),
    ),
    "purchase.changed": (
        _("%(purchase)s %(number)s changed: %(state)s, covered until %(covered_until)s"),
        _("Purchase changed: %(state)s, covered until %(covered_until)s"),
        _("%(purchase)s %(number)s changed: %(state)s"),
        _("Purchase changed: %(state)s"),
        _("Purchase changed"),
    ),
    "complaint.paused": (_("Complaint %(number)s paused: %(reason)s"), _("Complaint paused")),
    "complaint.unpaused": (_("Complaint %(number)s: the clocks run again"), _("The clocks run again")),
    "complaint.perspective": (
        _("Complaint %(number)s seen from the customer's side"),
        _("Seen from the customer's side"),
    ),
    "question.asked": (_("Asked a question"),),
    "question.answered": (_("Their question was answered"),),
    "question.helped": (_("Answered another customer's question"),),
    "promise.made": (_("Promised to the customer"),),
    "promise.kept": (_("Promise kept"),),
    "promise.broken": (_("Promise not kept in time"),),
    "promise.withdrawn": (_("Promise withdrawn"),),
    "compensation.asked": (_("Compensation asked for on %(number)s: %(amount)s"), _("Compensation asked for")),
    "compensation.granted": (_("Compensation granted on %(number)s: %(amount)s"), _("Compensation granted")),
    "compensation.declined": (_("Compensation declined on %(number)s: %(amount)s"), _("Compensation declined")),
    "compensation.withdrawn": (_("Request for compensation withdrawn on %(number)s"), _("Request withdrawn")),
    "compensation.expired": (
        _("Nobody answered the request for compensation on %(number)s"),
        _("Request not answered"),
    ),
    "compensation.passed_on": (
        _("Request for compensation on %(number)s passed on to %(to)s"),
        _("Request for compensation passed on"),
    ),
    "mail.sent": (_("E-mail sent: %(subject)s"), _("E-mail sent")),
    "mail.received": (_("E-mail received: %(subject)s"), _("E-mail received")),
    "initiative.told": (_("Told what we did about it: %(initiative)s"), _("Told what we did about it")),
    "file.attached": (_("File added: %(file)s"), _("File added")),
    "file.removed": (_("File removed: %(file)s"), _("File removed")),
    "call.logged": (_("Phone call: %(outcome)s"), _("Phone call")),
    "chat.logged": (_("Chat"),),
    "mail.logged": (_("E-mail"),),
    "visit.logged": (_("Visit: %(outcome)s"), _("Visit")),
    "data.asked": (_("About their own data, asks to: %(asked)s"), _("Asked about their own data")),
    "data.answered": (_("Answered about their data"),),
    "data.done": (_("Done about their data: %(asked)s"), _("Done about their data")),
    "data.refused": (_("Refused about their data: %(asked)s"), _("Refused about their data")),
    "data.copied": (_("A copy of their data was taken"),),
    "advert.sent": (_("Advert sent"),),
    "fact.noted": (_("Told us: %(fact)s"), _("Told us something")),
    "known.confirmed": (_("Checked with them: %(item)s"), _("Checked with them")),
    "note": (_("Note"),),
}
# What was decided, as the one who decides chose it.
_DECISIONS: Final[Mapping[str, Any]] = {
    "take": _("taken over"),
    "choose": _("an option was chosen"),
    "delegate": _("handed on"),
    "more_time": _("more time was granted"),
}
# What came of a call or a visit (see customers.services.contacts).
_OUTCOMES: Final[Mapping[str, Any]] = {
    "reached": _("reached"),
    "no_answer": _("no answer"),
    "call_back": _("call back later"),
    "came_by": _("the customer came by"),
    "went_there": _("we went there"),
}
_METRICS: Final[Mapping[str, str]] = {"nps": "NPS", "csat": "CSAT", "ces": "CES", "none": "1–5"}
# How the values of each key are said.
_CHOICES: Final[Mapping[str, Any]] = {
    "purpose": Consent.Purpose,
    "purchase": Purchase.Kind,
    "state": Purchase.State,
    "fact": Fact.Kind,
    "asked": DataRequest.Kind,
}
_WORDS: Final[Mapping[str, Mapping[str, Any]]] = {
    "decision": _DECISIONS,
    "outcome": _OUTCOMES,
    "metric": _METRICS,
    "item": ITEMS,
}
_LISTS: Final[Mapping[str, Any]] = {
    "phones": _("phone numbers"),
    "emails": _("e-mail addresses"),
    "external_ids": _("numbers in other systems"),
}


def describe(interaction: Interaction) -> str:
    """One sentence on ``interaction``; its own text stands beside it. An unknown code is shown as it is."""
    data = dict(interaction.data)
    if get_language() == "en" and data.get("remedy_en"):
        data["remedy"] = data["remedy_en"]
    if get_language() == "en" and data.get("reason_en"):
        data["reason"] = data["reason_en"]
    values = {key: word for key, value in data.items() if (word := _word(key, value))}
    if "amount" in values and "currency" in values:
        values["amount"] = money(Decimal(data["amount"]), str(data["currency"]))
    sentences = _SENTENCES.get(interaction.what, (interaction.what.replace("%", "%%"),))
    if interaction.what == "survey.answered" and not data.get("changed"):
        sentences = sentences[1:]
    return _first(sentences, values)


def whats() -> list[str]:
    """Every code there is a sentence for."""
    return list(_SENTENCES)


def _first(sentences: tuple[Any, ...], values: Mapping[str, str]) -> str:
    *fuller, plain = sentences
    for sentence in fuller:
        try:
            return str(sentence) % values
        except KeyError:
            continue
    return str(plain) % {}


def _word(key: str, value: Any) -> str:
    """A stored value as the reader's language says it."""
    if value is None or value == "":
        return ""
    if key == "fields":
        return str(get_text_list([_field_name(name) for name in value], _("and")))
    if key == "covered_until":
        return str(date_format(date.fromisoformat(value), "SHORT_DATE_FORMAT"))
    if key in _CHOICES and value in _CHOICES[key].values:
        return str(_CHOICES[key](value).label)
    return str(_WORDS[key].get(value, value)) if key in _WORDS else str(value)


def _field_name(name: str) -> str:
    if name in _LISTS:
        return str(_LISTS[name])
    known = {field.name: field.verbose_name for field in Customer._meta.get_fields() if hasattr(field, "verbose_name")}
    return str(known.get(name, name))
