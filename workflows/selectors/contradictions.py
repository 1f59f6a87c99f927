"""Where standards, words for replies and promised times of one place contradict each other, and who decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final, cast
from uuid import UUID

from django.utils.translation import gettext as _

from customers.logic.text import search_key
from cxcrm.core.once import once
from feedback.models import ReplyTemplate
from journeys.models import Standard, StandardProposal, Touchpoint
from journeys.selectors.accountability import in_force
from tenants.staff.models import Department, User
from tenants.staff.selectors.firm import firm_today, the_firm
from tenants.staff.selectors.stewardship import may_lead
from workflows.logic.contradictions import Contradiction, Said, Text, contradictions, outside, read
from workflows.models import DismissedContradiction, SlaPolicy
from workflows.selectors.policies import STANDARDS

_DAY: Final = timedelta(days=1)
_WORKING_DAY: Final = timedelta(hours=8)


@dataclass(frozen=True)
class Source:
    """Where a sentence stands: "standard", "outcome", "proposal", "template" or "times"; which team says so."""

    kind: str
    name: str
    department: Department | None
    touchpoint: Touchpoint | None
    ident: UUID | None


@dataclass(frozen=True)
class Side:
    source: Source
    sentence: str


@dataclass(frozen=True)
class Finding:
    """Two sentences side by side, the place they are about (None: any), and the executive who decides."""

    key: str
    topic: str
    place: Touchpoint | None
    first: Side
    second: Side
    executive: User | None


def open_contradictions() -> list[Finding]:
    """What nobody said to be none yet, by place; six queries, however many texts there are."""
    known = set(DismissedContradiction.objects.values_list("key", flat=True))
    return [one for one in _all() if one.key not in known]


def finding(key: str) -> Finding | None:
    """The one that is still open by this key."""
    return next((one for one in open_contradictions() if one.key == key), None)


def dismissed() -> list[DismissedContradiction]:
    """What was said to be none, the latest first."""
    return list(DismissedContradiction.objects.select_related("said_by")[:50])


def behind(row: DismissedContradiction) -> Finding | None:
    """What was said to be none; None once a sentence was reworded."""
    return next((one for one in _all() if one.key == row.key), None)


def may_dismiss(user: User, one: Finding | None) -> bool:
    """Whoever leads the brand, and whoever answers for the place; they may take it back, too."""
    return may_lead(user) or (one is not None and one.executive is not None and one.executive.pk == user.pk)


@once
def _all() -> list[Finding]:
    executive = _executives()
    said = read(_texts())
    general = [pair for pair in said if _source(pair[0]).touchpoint is None]
    groups: dict[str, list[Said]] = {}
    for pair in said:
        place = _source(pair[0]).touchpoint
        if place is not None:
            groups.setdefault(search_key(place.name), []).append(pair)
    # What holds for every complaint is held against each place, and against itself once.
    found = [*contradictions(general), *(one for own in groups.values() for one in contradictions(own, general))]
    findings = [_finding(_place(one), one, executive) for one in found]
    findings += _past_the_times(said, executive)
    # A general sentence may contradict the same words at two places of one name; it is one finding.
    return sorted({one.key: one for one in findings}.values(), key=lambda one: (str(one.place or ""), one.key))


def _place(one: Contradiction) -> Touchpoint | None:
    places = [_source(text).touchpoint for text in (one.first, one.second)]
    return next((place for place in places if place is not None), None)


def _finding(place: Touchpoint | None, one: Contradiction, executive: Any) -> Finding:
    sides = [Side(_source(one.first), one.first_sentence), Side(_source(one.second), one.second_sentence)]
    return Finding(_key(sides), one.topic, place, sides[0], sides[1], executive(place))


def _source(text: Text) -> Source:
    return cast(Source, text.source)


def _key(sides: Iterable[Side]) -> str:
    told = sorted(f"{side.source.kind}:{side.source.ident}:{side.sentence}" for side in sides)
    return sha256("\n".join(told).encode()).hexdigest()


def _texts() -> list[Text]:
    """Every text that tells staff or customers what to expect; of touchpoints in use only."""
    care = Department.objects.filter(is_customer_care=True).first()
    places = {
        row.pk: row for row in Touchpoint.objects.filter(is_active=True).select_related("department", "stage__journey")
    }
    texts = [
        _text("outcome", str(place), place.department, place, place.pk, place.customer_outcome, ("outcome", place.pk))
        for place in places.values()
        if place.customer_outcome
    ]
    for standard in Standard.objects.filter(replaced_at=None, touchpoint__in=places).order_by("pk"):
        texts += _standard("standard", standard, places[standard.touchpoint_id], None)
    proposals = StandardProposal.objects.filter(touchpoint__in=places).select_related("proposed_by__department")
    for proposal in proposals.order_by("pk"):
        by = proposal.proposed_by.department if proposal.proposed_by else None
        texts += _standard("proposal", proposal, places[proposal.touchpoint_id], by)
    for template in ReplyTemplate.objects.filter(is_active=True).order_by("pk"):
        place = places.get(template.touchpoint_id) if template.touchpoint_id else None
        if template.touchpoint_id is None or place is not None:
            words = template.text
            texts.append(_text("template", template.name, care, place, template.pk, words, ("template", template.pk)))
    return texts


def _text(kind: str, name: str, team: Any, place: Any, ident: UUID, words: str, instead_of: Any) -> Text:
    return Text(Source(kind, name, team, place, ident), words, instead_of)


def _standard(kind: str, row: Any, place: Touchpoint, by: Department | None) -> list[Text]:
    """Its words and what one does; what is proposed is to replace what is in force, so these two may differ."""
    words = "\n".join([row.text, *row.behaviours])
    return [_text(kind, str(place), by or place.department, place, row.pk, words, ("standard", place.pk))]


def _past_the_times(said: Iterable[Said], executive: Any) -> list[Finding]:
    """An answer promised later than the firm's own promised times allow; in words for replies, also one sooner."""
    kept = {row.severity: row for row in SlaPolicy.objects.all()}
    times = [_span(kept.get(severity, usual)) for severity, usual in STANDARDS.items()]
    quickest, slowest = min(low for low, _high in times), max(high for _low, high in times)
    sentence = _(
        "Promised times: a first personal contact within %(low)s at the soonest, an answer within %(high)s."
    ) % {
        "low": _spoken(quickest),
        "high": _spoken(slowest),
    }
    promised = Side(Source("times", _("Promised times"), None, None, None), sentence)
    found = []
    for text, claim in said:
        source = _source(text)
        soonest = quickest if source.kind == "template" else timedelta()
        if outside(claim, soonest / timedelta(minutes=1), slowest / timedelta(minutes=1)):
            here, place = Side(source, claim.sentence), source.touchpoint
            found.append(Finding(_key([here, promised]), "answer", place, here, promised, executive(place)))
    return found


def _span(policy: Any) -> tuple[timedelta, timedelta]:
    """The first contact and the answer, in time on the wall: eight hours of business are a day."""
    stretch = 1 if policy.around_the_clock else _DAY / _WORKING_DAY
    first: timedelta = policy.first_contact
    return (first, policy.resolve * stretch)


def _spoken(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    if span < _DAY:
        return _("%(n)s h") % {"n": f"{hours:g}"}
    return _("%(n)s days") % {"n": f"{span / _DAY:.0f}"}


def _executives() -> Any:
    """Who answers for a touchpoint today, for it or by its stage; the firm's chief for what is about any."""
    valid = list(in_force(firm_today()))
    own: Mapping[Any, User] = {row.touchpoint_id: row.executive for row in valid if row.touchpoint_id}
    by_stage: Mapping[Any, User] = {row.stage_id: row.executive for row in valid if row.stage_id}

    def of(place: Touchpoint | None) -> User | None:
        if place is None:
            return the_firm().chief
        return own.get(place.pk) or by_stage.get(place.stage_id)

    return of
