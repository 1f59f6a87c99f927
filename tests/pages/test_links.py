"""Links that are opened by people, by mail scanners, by mistake and by malice."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from cxcrm.core.context import TenantRef
from cxcrm.core.tokens import make_token
from feedback.models import Complaint, Invitation
from tenants.context import in_tenant
from tests.support.tables import fingerprint
from workflows.models import EscalationStep

LETTERS = {"survey": "s", "opt-out": "u", "track": "t", "solved": "r", "decide": "d"}


@pytest.fixture
def pages(
    link: Callable[..., str], invitation: Invitation, complaint: Complaint, customer: Any, step: EscalationStep
) -> dict[str, str]:
    """A living link of every purpose."""
    idents = {
        "survey": invitation.id,
        "opt-out": customer.id,
        "track": complaint.id,
        "solved": complaint.id,
        "decide": step.id,
    }
    return {purpose: link(purpose, ident) for purpose, ident in idents.items()}


@pytest.mark.parametrize("is_answered", [False, True])
def test_opening_changes_nothing(
    pages: dict[str, str], request: Any, client_alpha: Any, alpha: TenantRef, is_answered: bool
) -> None:
    if is_answered:
        request.getfixturevalue("answered")
    before = fingerprint(alpha)
    queries = {
        "survey": [f"?score={score}" for score in range(11)] + ["?edit=1", "?score=99", "?score=x", "?score=٣"],
        "solved": ["?answer=yes", "?answer=no", "?answer=perhaps", "?done=1"],
        "decide": ["?do=take", "?do=choose", "?do=delegate", "?do=more_time", "?do=nonsense&remedy=x", "?done=1"],
        "track": ["?new=1", "?sent=1"],
        "opt-out": ["?choice=stop", "?List-Unsubscribe=One-Click"],
    }
    for purpose, path in pages.items():
        for query in ["", *queries[purpose], "?lang=en", "?lang=vi", "?lang=xx"]:
            assert client_alpha.get(path + query).status_code in (200, 410), path + query
        for method in (client_alpha.head, client_alpha.options):
            assert method(path + queries[purpose][0]).status_code in (200, 410), path
    assert fingerprint(alpha) == before


def test_headers_keep_the_address_secret(pages: dict[str, str], client_alpha: Any) -> None:
    unknown = {f"bad {purpose}": f"/{letter}/nonsense/" for purpose, letter in LETTERS.items()}
    for path in {**pages, **unknown}.values():
        response = client_alpha.get(path)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"
        assert response["X-Frame-Options"] == "DENY"
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        body = response.content.decode()
        assert "<script" not in body
        assert "style=" not in body
        assert "//" not in body.replace("http://www.w3.org/2000/svg", "")


def test_every_single_byte_counts(pages: dict[str, str], client_alpha: Any, alpha: TenantRef) -> None:
    before = fingerprint(alpha)
    for path in pages.values():
        letter, token = path.strip("/").split("/")
        raw = bytearray(base64.urlsafe_b64decode(token + "="))
        for position in range(len(raw)):
            changed = bytes(raw[:position]) + bytes([raw[position] ^ 1]) + bytes(raw[position + 1 :])
            tampered = base64.urlsafe_b64encode(changed).decode().rstrip("=")
            assert client_alpha.post(f"/{letter}/{tampered}/", _everything()).status_code == 404
        for ruined in (token[:-1], token + "A", token.lower(), "A" * 43, "%00", "..%2f", "ệ" * 43, "+" * 43):
            assert client_alpha.post(f"/{letter}/{ruined}/", _everything()).status_code == 404
    assert fingerprint(alpha) == before


def test_a_link_serves_one_purpose(pages: dict[str, str], client_alpha: Any, alpha: TenantRef) -> None:
    before = fingerprint(alpha)
    for purpose, path in pages.items():
        token = path.split("/")[2]
        for other, letter in LETTERS.items():
            if other != purpose:
                assert client_alpha.get(f"/{letter}/{token}/").status_code == 404
                assert client_alpha.post(f"/{letter}/{token}/", _everything()).status_code == 404
    assert fingerprint(alpha) == before


def test_a_link_serves_one_firm(
    pages: dict[str, str], client_beta: Any, client_alpha: Any, alpha: TenantRef, beta: TenantRef
) -> None:
    before = fingerprint(alpha, beta)
    for path in pages.values():
        assert client_beta.get(path).status_code == 404
        assert client_beta.post(path, _everything()).status_code == 404
    with in_tenant(beta):
        foreign = {purpose: make_token(purpose, alpha.id) for purpose in LETTERS}
    for purpose, token in foreign.items():
        assert client_alpha.post(f"/{LETTERS[purpose]}/{token}/", _everything()).status_code == 404
    assert fingerprint(alpha, beta) == before


def test_a_readable_link_to_nothing(link: Callable[..., str], client_alpha: Any, alpha: TenantRef) -> None:
    for purpose in LETTERS:
        response = client_alpha.get(link(purpose, alpha.id), headers={"Accept-Language": "en"})
        assert response.status_code == 404
        assert "This link does not work" in response.content.decode()


def _everything() -> dict[str, str]:
    """A body that would act on any of the pages."""
    return {
        "score": "3",
        "words": "x",
        "answer": "yes",
        "choice": "stop",
        "List-Unsubscribe": "One-Click",
        "kind": "take",
        "body": "x",
        "do": "reopen",
    }
