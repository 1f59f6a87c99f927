"""The OpenAPI document: committed, complete, and what is really served."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.utils import translation
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema

from tests.api.endpoints import ENDPOINTS

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """What ``make openapi`` writes, made anew."""
    GENERATOR_STATS.reset()
    with translation.override("en"):
        made: dict[str, Any] = SchemaGenerator(urlconf="cxcrm.urls").get_schema(public=True)
    return made


def test_nothing_was_guessed(document: dict[str, Any]) -> None:
    assert not GENERATOR_STATS._warn_cache
    assert not GENERATOR_STATS._error_cache


@pytest.mark.faults  # `make openapi` refuses to write an invalid one, and the committed one is compared below
def test_it_is_valid_openapi_31(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    validate_schema(document)


def test_the_committed_one_is_up_to_date(document: dict[str, Any]) -> None:
    made = OpenApiYamlRenderer().render(document, renderer_context={})
    assert DOCUMENT.read_bytes() == made, "the API changed: run `make openapi`, look at the difference, commit it"


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path.removeprefix('/api/v1/')}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def test_every_address_is_described_with_its_scope(document: dict[str, Any]) -> None:
    described = operations(document)
    assert len(described) == len(ENDPOINTS)
    for name, operation in described.items():
        assert operation["description"], name
        assert operation["summary"], name
        scoped = "Scope: `" in operation["description"]
        assert scoped == (name != "GET me/"), name


def test_every_tag_has_its_place(document: dict[str, Any]) -> None:
    used = {tag for operation in operations(document).values() for tag in operation["tags"]}
    assert used == {tag["name"] for tag in document["tags"]}


def test_every_scope_is_the_one_asked_for(document: dict[str, Any]) -> None:
    told = sorted(
        operation["description"].rpartition("Scope: `")[2].rstrip("`.")
        for name, operation in operations(document).items()
        if name != "GET me/"
    )
    assert told == sorted(endpoint.needs for endpoint in ENDPOINTS if endpoint.needs)


def test_every_refusal_is_documented_in_the_one_shape(document: dict[str, Any]) -> None:
    shared = document["components"]["responses"]
    assert set(shared) == {f"Refused{code}" for code in (400, 401, 403, 404, 409, 413, 415)}
    for refusal in shared.values():
        assert refusal["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}
    for name, operation in operations(document).items():
        codes = set(operation["responses"])
        assert "401" in codes, name
        assert ("404" in codes) == ("{" in name), name
        if "requestBody" in operation:
            assert {"400", "409", "413", "415"} <= codes, name


def test_the_main_ones_have_examples(document: dict[str, Any]) -> None:
    described = operations(document)
    for name in ("POST customers/", "POST complaints/", "POST invitations/{id}/response/"):
        assert described[name]["requestBody"]["content"]["application/json"]["examples"], name
    for name in ("GET customers/{id}/", "GET complaints/{id}/", "GET responses/{id}/", "GET metrics/"):
        assert described[name]["responses"]["200"]["content"]["application/json"]["examples"], name


def test_it_is_served_in_english_whatever_the_reader_speaks(client_alpha: Client, document: dict[str, Any]) -> None:
    served = client_alpha.get("/api/schema/?lang=vi", HTTP_ACCEPT_LANGUAGE="vi")
    assert served.status_code == 200
    paths = yaml.safe_load(served.content)["paths"]
    assert {name: item for name, item in paths.items() if name.startswith("/api/v1/")} == yaml.safe_load(
        OpenApiYamlRenderer().render(document, renderer_context={})
    )["paths"]


def test_the_reader_has_nothing_inline(client_alpha: Client) -> None:
    page = client_alpha.get("/api/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in text
    assert "style=" not in text
    assert "http://" not in text.replace("http://alpha.localhost", "")
    assert "https://" not in text
    assert all(' src="' in tag for tag in text.split("<script")[1:])
    assert "'unsafe-inline'" not in page["Content-Security-Policy"]
    script = client_alpha.get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert '"validatorUrl": null' in script.content.decode()
