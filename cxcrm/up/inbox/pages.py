"""The inbox's pages as HTML; every value from a mail is escaped here."""

import re
from datetime import datetime
from email.utils import parseaddr
from html import escape
from urllib.parse import urlencode
from zlib import crc32

from cxcrm.up.inbox.answering import HandOver, answer_address
from cxcrm.up.inbox.message import LINK, LINK_END, Mail
from cxcrm.up.inbox.store import Entry, Store

ROWS = 100
VIEWS = ("html", "text", "headers")
COLOURS = 8
ENVELOPE = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M3 6.5h18v11H3z M3.5 7l8.5 6.5L20.5 7"/></svg>'


def page(store: Store, *, selected: Entry | None = None, view: str = "", words: str = "", before: str = "") -> str:
    """The whole page: the list, and beside it (on a phone instead of it) one mail."""
    if selected:
        mail = store.mail(selected.id)
        title, reading = mail.subject or "(no subject)", _reading(selected, mail, view, words)
    else:
        title, reading = "Inbox", _nothing_chosen(bool(store.entries()))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · cxcrm mail inbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/inbox.css">
<script src="/inbox.js" defer></script>
</head>
<body class="{"reading" if selected else "listing"}">
<header>
  <a class="brand" href="/">{ENVELOPE} Mail inbox</a>
  <form class="search" action="/" role="search"><input type="search" name="q" value="{escape(words)}"
    placeholder="Search" aria-label="Search subject or address"></form>
  <form action="/clear" method="post">
    <button class="quiet" data-confirm="Delete all mails?">Clear</button></form>
</header>
<main>
<nav id="list" aria-label="Mails" data-selected="{escape(selected.id if selected else "")}">
{rows(store, selected=selected.id if selected else "", words=words, before=before)}
</nav>
<article>{reading}</article>
</main>
</body>
</html>
"""


def rows(store: Store, *, selected: str = "", words: str = "", before: str = "") -> str:
    """The list of mails, newest first, at most ``ROWS``, those older than the id ``before``."""
    found = [entry for entry in store.find(words=words) if not before or entry.id < before]
    if not found:
        return f'<p class="empty">{"Nothing found." if words or before else "No mail yet."}</p>'
    lines = [_row(entry, store.mail(entry.id), entry.id == selected, words) for entry in found[:ROWS]]
    older = ""
    if len(found) > ROWS:
        following = escape(urlencode({"q": words, "before": found[ROWS - 1].id}))
        older = f'<a class="older" href="/?{following}">Older mails</a>'
    return f"<ol>{''.join(lines)}</ol>{older}"


def framed(mail: Mail) -> str:
    """The mail's HTML for the sandboxed frame: links open in a tab of their own."""
    base = '<base target="_blank">'
    head = re.search(r"<head[^>]*>", mail.html, re.IGNORECASE)
    return mail.html[: head.end()] + base + mail.html[head.end() :] if head else base + mail.html


def linked(text: str) -> str:
    """Plain text as HTML, its web addresses clickable."""
    out, position = [], 0
    for match in LINK.finditer(text):
        address = match.group().rstrip(LINK_END)
        out.append(escape(text[position : match.start()]))
        out.append(f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(address)}</a>')
        position = match.start() + len(address)
    return "".join(out) + escape(text[position:])


def _row(entry: Entry, mail: Mail, selected: bool, words: str) -> str:
    name = _name(mail.sender or entry.sender)
    mark = ' class="selected" aria-current="true"' if selected else ""
    return f"""<li{mark}><a href="{_address(entry, words=words)}">
  {_badge(name)}
  <span class="who">{escape(name)}</span>
  <time datetime="{entry.received_at.isoformat()}">{_time(entry.received_at)}</time>
  <span class="subject">{escape(mail.subject) or "(no subject)"}</span>
  <span class="to">to {escape(", ".join(entry.recipients))}</span>
  <span class="snippet">{escape(mail.snippet)}</span>
</a></li>"""


def _reading(entry: Entry, mail: Mail, view: str, words: str) -> str:
    shown = view if view in VIEWS else ("html" if mail.html else "text")
    tabs = "".join(
        f'<a href="{_address(entry, name, words)}"{" aria-current=page" if name == shown else ""}>{label}</a>'
        for name, label in zip(VIEWS, ("Message", "Text", "Headers"), strict=True)
        if name != "html" or mail.html
    )
    body = {
        "html": lambda: (
            f"""<iframe title="Message" src="/messages/{entry.id}/html" referrerpolicy="no-referrer"
  sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>"""
        ),
        "text": lambda: f'<div class="plain">{linked(mail.text) or "<em>No plain text part.</em>"}</div>',
        "headers": lambda: _headers(mail),
    }[shown]()
    name, address = parseaddr(mail.sender)
    files = "".join(
        f'<a class="file" href="/messages/{entry.id}/files/{number}">{escape(one.name)}'
        f" <small>{_size(len(one.content))}</small></a>"
        for number, one in enumerate(mail.attachments)
    )
    return f"""
<a class="back" href="/?{escape(urlencode({"q": words}))}">‹ All mails</a>
<div class="top">
  <h1>{escape(mail.subject) or "(no subject)"}</h1>
  <div class="meta">{_badge(_name(mail.sender))}
    <p><strong>{escape(name or address or entry.sender)}</strong>
    <span>{escape(address if name else "")}</span><br>
    <span>to {escape(", ".join(entry.recipients))} · {_long_time(entry.received_at)}</span></p>
  </div>
  {f'<p class="files">{files}</p>' if files else ""}
  <div class="tabs">{tabs}<a class="raw" href="/messages/{entry.id}/raw" download>Download</a></div>
</div>
{body}
{_answer_form(entry, mail)}"""


def _answer_form(entry: Entry, mail: Mail) -> str:
    """A box to write back in, where an answer lands by itself."""
    if not (answer_address(mail) and entry.recipients and HandOver.configured()):
        return ""
    return f"""<form class="answer" method="post" action="/messages/{entry.id}/answer">
  <textarea name="text" rows="3" required aria-label="Your answer"
    placeholder="Answer as {escape(entry.recipients[0])}"></textarea>
  <button>Answer</button>
</form>"""


def _headers(mail: Mail) -> str:
    lines = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in mail.headers)
    return f'<div class="scroll"><table>{lines}</table></div>'


def _nothing_chosen(any_mail: bool) -> str:
    text = (
        "Choose a mail on the left."
        if any_mail
        else "Every mail this installation sends arrives here, and leaves nowhere."
    )
    return f'<p class="empty">{text}</p>'


def _address(entry: Entry, view: str = "", words: str = "") -> str:
    query = urlencode({key: value for key, value in (("view", view), ("q", words)) if value})
    return escape(f"/messages/{entry.id}" + (f"?{query}" if query else ""))


def _badge(name: str) -> str:
    letter = next((letter for letter in name if letter.isalnum()), "?").upper()
    return f'<span class="badge c{crc32(name.encode()) % COLOURS}" aria-hidden="true">{escape(letter)}</span>'


def _name(sender: str) -> str:
    name, address = parseaddr(sender)
    return name or address or sender or "unknown"


def _time(moment: datetime) -> str:
    local, today = moment.astimezone(), datetime.now().astimezone()
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local.day} {local:%b}"


def _long_time(moment: datetime) -> str:
    local = moment.astimezone()
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M:%S}"


def _size(count: int) -> str:
    return f"{count} B" if count < 1024 else f"{count / 1024:.0f} KB"
