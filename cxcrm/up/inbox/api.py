"""The inbox as JSON, for tests and scripts."""

from collections.abc import Mapping

from cxcrm.up.inbox.store import Entry, Store

DEFAULT_LIMIT = 50
MOST = 2000


def listing(store: Store, query: Mapping[str, str]) -> dict[str, object]:
    """``{"messages": [...], "total": n}``, newest first.

    ``to`` is an envelope address, ``since`` an ISO time or an id (exclusive), ``limit`` 1 to 2000. Raises ValueError.
    """
    found = store.find(to=query.get("to", ""), since=query.get("since", ""), words=query.get("q", ""))
    limit = int(query.get("limit") or DEFAULT_LIMIT)
    if not 1 <= limit <= MOST:
        raise ValueError(f"limit must be from 1 to {MOST}")
    return {"messages": [summary(store, entry) for entry in found[:limit]], "total": len(found)}


def summary(store: Store, entry: Entry) -> dict[str, object]:
    mail = store.mail(entry.id)
    return {
        "id": entry.id,
        "subject": mail.subject,
        "from": mail.sender,
        "to": list(entry.recipients),
        "received_at": entry.received_at.isoformat(),
        "size": entry.size,
    }


def detail(store: Store, entry: Entry) -> dict[str, object]:
    mail = store.mail(entry.id)
    return summary(store, entry) | {
        "headers": [list(pair) for pair in mail.headers],
        "text": mail.text,
        "html": mail.html,
        "links": list(mail.links),
        "attachments": [{"name": one.name, "type": one.kind, "size": len(one.content)} for one in mail.attachments],
    }
