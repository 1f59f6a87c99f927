"""A map is submitted, sent back, published; every published version stays as it was.

``submit_journey`` publishes JourneySubmitted, and ``publish_journey`` is the one way to a version: the brand steward's
approval calls it.
"""

from uuid import UUID

from django.db import transaction

from cxcrm.core.clock import now
from cxcrm.core.context import current_actor
from cxcrm.core.errors import NotFound
from cxcrm.core.events import publish
from journeys.errors import AskTheSteward, NothingChanged, NotReady, WrongState
from journeys.events import JourneyPublished, JourneySentBack, JourneySubmitted
from journeys.logic.publishing import MapAct, MapState, after
from journeys.models import Journey, JourneyVersion
from journeys.selectors.publishing import digest_of, missing_in, snapshot_of
from tenants.staff.selectors.firm import firm_today
from tenants.staff.selectors.stewardship import must_ask


@transaction.atomic
def submit_journey(*, journey_id: UUID) -> Journey:
    """Ask for a map to be looked at before it is published. Raises NotFound, WrongState, NotReady, NothingChanged."""
    journey, state = _lock(journey_id, MapAct.SUBMIT)
    _check_complete(journey)
    if _latest_digest(journey) == digest_of(snapshot_of(journey, firm_today())):
        raise NothingChanged
    _step(journey, state)
    publish(JourneySubmitted(journey_id=journey.pk))
    return journey


@transaction.atomic
def send_back_journey(*, journey_id: UUID) -> Journey:
    """Return a map in review to those who draw it. Raises NotFound, WrongState."""
    journey, state = _lock(journey_id, MapAct.SEND_BACK)
    _step(journey, state)
    publish(JourneySentBack(journey_id=journey.pk))
    return journey


@transaction.atomic
def publish_journey(*, journey_id: UUID) -> JourneyVersion:
    """Keep the map as it stands as the next version.

    Raises NotFound, NotReady (with what is missing), NothingChanged,
    AskTheSteward.
    """
    if must_ask(current_actor()):
        raise AskTheSteward
    journey, state = _lock(journey_id, MapAct.PUBLISH)
    _check_complete(journey)
    snapshot = snapshot_of(journey, firm_today())
    digest = digest_of(snapshot)
    latest = JourneyVersion.objects.filter(journey=journey).order_by("-number").first()
    if latest is not None and latest.digest == digest:
        raise NothingChanged
    actor = current_actor()
    version = JourneyVersion(
        journey=journey,
        number=latest.number + 1 if latest else 1,
        snapshot=snapshot,
        digest=digest,
        published_by_id=actor.user_id,
        published_at=now(),
    )
    version.save()
    _step(journey, state)
    publish(JourneyPublished(journey_id=journey.pk, version_id=version.pk))
    return version


def _lock(journey_id: UUID, act: MapAct) -> tuple[Journey, MapState]:
    """The journey, and the state ``act`` leads to."""
    journey = Journey.objects.select_for_update(no_key=True).filter(pk=journey_id).first()
    if journey is None:
        raise NotFound
    state = after(journey.state, act)
    if state is None:
        raise WrongState(state=journey.state)
    return journey, state


def _step(journey: Journey, state: MapState) -> None:
    journey.state = state.value
    journey.save(update_fields=["state"])


def _check_complete(journey: Journey) -> None:
    if missing := missing_in(journey, firm_today()):
        raise NotReady(missing=missing)


def _latest_digest(journey: Journey) -> str | None:
    return JourneyVersion.objects.filter(journey=journey).order_by("-number").values_list("digest", flat=True).first()
