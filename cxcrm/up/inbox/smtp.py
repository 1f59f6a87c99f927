"""The SMTP side: takes every mail for every address and hands it to the store."""

import asyncio

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from cxcrm.up.inbox.answering import PREFIX, HandOver, NotHandedOver
from cxcrm.up.inbox.store import Store

SIZE_LIMIT = 25 * 1024 * 1024


class Sink:
    """aiosmtpd's handler; a mail counts as accepted when its file is written."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name there
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        try:
            entry = self.store.add(content, envelope.mail_from or "", envelope.rcpt_tos)
        except OSError as error:
            return f"452 Cannot be kept: {error.strerror}"
        hand_over = HandOver.configured()
        for recipient in envelope.rcpt_tos:
            if hand_over and recipient.startswith(PREFIX):
                try:
                    await asyncio.to_thread(hand_over.give, content, recipient)
                except NotHandedOver as error:
                    return f"451 Kept as {entry.id}, but not handed over: {error}"
        return f"250 Kept as {entry.id}"


def controller(store: Store, port: int) -> Controller:
    """A server on 127.0.0.1; ``start`` it, ``stop`` it."""
    return Controller(
        Sink(store),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=SIZE_LIMIT,
        ident="cxcrm inbox",
        enable_SMTPUTF8=True,
    )
