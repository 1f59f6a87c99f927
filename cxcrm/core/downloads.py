"""Handing out a stranger's file so that no browser runs what is in it."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

# Text is told in which letters it is written; nothing else needs it.
_TEXT = {"text/plain", "text/csv"}


def file_response(content: bytes, *, file_name: str, content_type: str, inline: bool = False) -> HttpResponse:
    """``content`` as a download, never guessed at, kept by nobody and, were it opened as a page, without any right.

    ``inline`` is for pictures whose bytes were checked just now.
    """
    charset = "; charset=utf-8" if content_type in _TEXT else ""
    response = HttpResponse(content, content_type=f"{content_type}{charset}")
    disposition = content_disposition_header(as_attachment=not inline, filename=file_name)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
