"""Where sessions live: one row each, known by the digest of its cookie, so that they can be listed and ended."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from cxcrm.core.clock import now
from tenants.staff.models import Session

# Nobody is logged in yet: what waits for the second step or a provider's answer.
ON_THE_WAY = timedelta(hours=1)
SEEN_EVERY = timedelta(minutes=5)


def key_digest(key: str) -> str:
    """What is kept of a session's cookie: reading the table lets nobody in."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


class SessionStore(SessionBase):
    """Ends after SESSION_IDLE_SECONDS without a request, and in any case SESSION_COOKIE_AGE after log-in."""

    row: Session | None = None

    def load(self) -> dict[str, Any]:
        at = now()
        idle = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
        row = Session.objects.filter(
            key_digest=key_digest(self.session_key or ""), expires_at__gt=at, seen_at__gt=at - idle
        ).first()
        if row is None:
            self._session_key = None
            return {}
        if at - row.seen_at > SEEN_EVERY:
            Session.objects.filter(pk=row.pk).update(seen_at=at)
        self.row = row
        return self.decode(row.data)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(key_digest=key_digest(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined] # not in the stubs
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Keep the data. Raises CreateError when the key is taken, UpdateError when the session was ended meanwhile."""
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined] # not in the stubs
        at, user_id = now(), data.get(SESSION_KEY)
        if user_id:
            since = datetime.fromtimestamp(data.setdefault("since", at.timestamp()), UTC)
            ends = since + timedelta(seconds=settings.SESSION_COOKIE_AGE)
        else:
            ends = at + ON_THE_WAY
        values = {
            "data": self.encode(data),
            "user_id": user_id,
            "address": data.get("address", ""),
            "device": data.get("device", ""),
            "seen_at": at,
            "expires_at": ends,
        }
        digest = key_digest(self.session_key)
        if must_create:
            try:
                with transaction.atomic():
                    self.row = Session.objects.create(key_digest=digest, **values)
            except IntegrityError as error:
                raise CreateError from error
        elif not Session.objects.filter(key_digest=digest).update(**values):
            raise UpdateError
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            Session.objects.filter(key_digest=key_digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expires_at__lt=now()).delete()
