"""Creating the rows of 100,000 invitations (invitation, mail, agenda item), beside bulk_create of the same rows."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from benchmarks.figures import Figure
from benchmarks.firm import firm, people

COUNT, BATCH = 100_000, 2000


def measure() -> Iterator[Figure]:
    from django.db import connection, transaction

    from cxcrm.core.clock import now
    from feedback.models import Dispatch, Survey
    from feedback.services import dispatches
    from tenants.context import in_tenant
    from workflows.services.outbox import queue_invitations

    with in_tenant(firm()):
        with transaction.atomic():
            customers = people(COUNT)
        survey = Survey.objects.get(metric="nps")

        def by_database(dispatch: Dispatch) -> None:
            dispatches._invite(dispatch, customers)
            while queue_invitations(dispatch_id=dispatch.pk, limit=10_000):
                pass

        def by_bulk_create(dispatch: Dispatch) -> None:
            from customers.selectors.customers import emails_of

            _create(dispatch, emails_of(customers), now() + timedelta(days=14))

        taken: dict[str, tuple[float, float]] = {}
        ways: dict[str, Callable[[Dispatch], None]] = {"theirs": by_bulk_create, "ours": by_database}
        for name, way in ways.items():
            with transaction.atomic():
                dispatch = Dispatch.objects.create(survey=survey, matched=COUNT, invited=COUNT)
                started, cpu = time.perf_counter(), time.process_time()
                way(dispatch)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                taken[name] = time.perf_counter() - started, time.process_time() - cpu
                transaction.set_rollback(True)
    ours, theirs = taken["ours"], taken["theirs"]
    yield Figure(
        f"rows of {COUNT} invitations per second", COUNT / ours[0], "/s", COUNT / theirs[0],
        "floor: bulk_create of the same rows; goal 2.20 x",
    )  # fmt: skip
    yield Figure("processor time of the client", ours[1], "s", theirs[1], "goal: about none")


def _create(dispatch: object, emails: dict, expires_at: object) -> None:  # type: ignore[type-arg]
    from feedback.models import Invitation
    from tenants.models import AgendaItem
    from workflows.models import Message

    invitations = Invitation.objects.bulk_create(
        (
            Invitation(dispatch=dispatch, survey=dispatch.survey, customer_id=ident, email=email, expires_at=expires_at)
            for ident, email in emails.items()
        ),
        batch_size=BATCH,
    )
    messages = Message.objects.bulk_create(
        (
            Message(
                kind="invitation", ref=one.pk, dedupe_key=f"invitation:{one.pk}", customer_id=one.customer_id,
                email=one.email,
            )
            for one in invitations
        ),
        batch_size=BATCH,
    )  # fmt: skip
    AgendaItem.objects.bulk_create(
        (
            AgendaItem(
                tenant_id=firm().id, lane="normal", kind="workflows.send", ref=one.pk,
                dedupe_key=f"workflows.send:{one.pk}", priority=7,
            )
            for one in messages
        ),
        batch_size=BATCH,
    )  # fmt: skip
