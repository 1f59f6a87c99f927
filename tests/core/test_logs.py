"""Log lines: whose, which request, what; and nothing personal in them, whatever goes wrong."""

import json
import logging
import re
import subprocess
import sys

import pytest

from cxcrm.core.context import Actor, acting_as
from cxcrm.core.ids import new_id
from cxcrm.core.observability import reporting
from cxcrm.core.observability.logs import JsonFormatter, LineFormatter, about
from cxcrm.core.observability.scrub import scrub, scrub_all

EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
PHONE = re.compile(r"(?<!\d)(?:\+84|84|0)\d{9}(?!\d)")


@pytest.fixture
def lines():
    """Every line of our rooms as the collector would get it."""
    caught: list[dict] = []

    class Catch(logging.Handler):
        def emit(self, record):
            caught.append(json.loads(JsonFormatter().format(record)))

    handler = Catch()
    logging.getLogger().addHandler(handler)
    yield caught
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no account lan.nguyen+1@khach.example here", "no account [e-mail] here"),
        ("<b@x.vn>, 'c@y.com.vn'", "<[e-mail]>, '[e-mail]'"),
        ("Key (lower(email))=(a@b.co) exists", "Key (lower(email))=([e-mail]) exists"),
        ("call 0912345678 or +84 912 345 678", "call [phone] or [phone]"),
        ("0912.345.678; 84912345678", "[phone]; [phone]"),
        ("ring (028) 3822 1234", "ring ([phone]"),
        ("duplicate key\nDETAIL:  Failing row contains (Lan, 0912345678).\n", "duplicate key\nDETAIL: [left out]\n"),
        ("01a20299-0761-7091-8c72-ff5cf74778cc", "01a20299-0761-7091-8c72-ff5cf74778cc"),
        ("2026-11-22 09:17:21.123 took 1234567890 ns", "2026-11-22 09:17:21.123 took 1234567890 ns"),
        ("127.0.0.1:36143", "127.0.0.1:36143"),
        ("", ""),
    ],
)
def test_what_is_scrubbed_and_what_is_not(text, expected):
    assert scrub(text) == expected


def test_scrubbing_goes_all_the_way_down():
    value = {"a": ["x@y.vn", {"b": ("0912345678", 7)}], "n": None}
    assert scrub_all(value) == {"a": ["[e-mail]", {"b": ["[phone]", 7]}], "n": None}


def test_a_line_names_firm_actor_and_work(in_alpha, lines):
    user = new_id()
    with acting_as(Actor("user", user, "Lan")), about(kind="workflows.send", item="i-1"):
        logging.getLogger("workflows.x").info("sent to %s", "lan@khach.example", extra={"data": {"n": 2}})
    assert lines[0] | {"time": ""} == {
        "time": "",
        "level": "info",
        "logger": "workflows.x",
        "event": "sent to [e-mail]",
        "tenant": str(in_alpha.id),
        "user": str(user),
        "kind": "workflows.send",
        "item": "i-1",
        "n": 2,
    }
    logging.getLogger("workflows.x").info("after")
    assert {"user", "kind", "item"} & set(lines[1]) == set()


@pytest.mark.django_db
def test_errors_keep_their_trace_and_lose_their_values(lines):
    try:
        raise ValueError("no mailbox lan@khach.example")
    except ValueError:
        logging.getLogger("workflows.x").exception("failed")
    assert "[e-mail]" in lines[0]["exception"]
    assert "Traceback" in lines[0]["exception"]
    assert "khach.example" not in json.dumps(lines)


def test_lines_for_people():
    record = logging.LogRecord("cxcrm.x", logging.WARNING, "", 1, "slow %s", ("a@b.vn",), None)
    record.data = {"ms": 5}
    line = LineFormatter().format(record)
    assert line.endswith("warning cxcrm.x slow [e-mail] ms=5")
    record.exc_info = (ValueError, ValueError("x"), None)
    assert LineFormatter().format(record).splitlines()[-1] == "ValueError: x"


class TestRequests:
    def test_one_line_with_route_and_status(self, staff_client_alpha, alpha, owner_alpha, lines):
        answer = staff_client_alpha.get("/admin/customers/customer/?q=0912345678")
        line = next(line for line in lines if line["logger"] == "cxcrm.request")
        assert (line["method"], line["route"], line["status"]) == ("GET", "admin/customers/customer/", 200)
        assert (line["tenant"], line["user"]) == (str(alpha.id), str(owner_alpha.pk))
        assert line["ms"] > 0
        assert line["request"] == answer["X-Request-ID"]

    @pytest.mark.parametrize(
        ("given", "kept"),
        [("proxy-0123456789", True), ("short", False), ("x" * 65, False), ("a b\r\nSet-Cookie", False)],
    )
    def test_the_proxys_id_is_kept_where_it_is_sane(self, client_alpha, given, kept):
        answer = client_alpha.get("/nothing/", headers={"X-Request-ID": given})
        assert (answer["X-Request-ID"] == given) is kept
        assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", answer["X-Request-ID"])

    def test_partners_by_the_id_of_their_key(self, api_alpha, lines):
        api_alpha(["customers:read"]).get("/api/v1/me/")
        line = next(line for line in lines if line["logger"] == "cxcrm.request")
        assert "api_key" in line
        assert "user" not in line

    def test_strangers_and_unknown_hosts_ask_nothing_more(self, client, lines, db):
        client.get("/", headers={"host": "nobody.example"})
        line = next(line for line in lines if line["logger"] == "cxcrm.request")
        assert (line["route"], line["status"]) == (None, 404)
        assert {"tenant", "user"} & set(line) == set()

    def test_probes_leave_no_line(self, client, lines, db):
        client.get("/livez")
        assert [line for line in lines if line["logger"] == "cxcrm.request"] == []

    def test_a_whole_story_without_anything_personal(
        self, client_alpha, staff_client_alpha, api_alpha, alpha, lines, run_agenda, monkeypatch
    ):
        """A complaint by a stranger, worked on in the admin and by API, mails included, and a page that breaks."""
        form = {"full_name": "Nguyễn Thị Lan", "contact": "0912345678", "description": "Chờ lâu quá."}
        client_alpha.post("/c/", form)
        staff_client_alpha.get("/admin/feedback/complaint/?q=lan@khach.example")
        body = {"full_name": "Lan", "phones": ["0987654321"], "emails": ["hai@khach.example"]}
        api = api_alpha(["customers:write"])
        assert api.post("/api/v1/customers/", body, content_type="application/json").status_code == 201
        api.get("/api/v1/customers/?search=0987654321")
        client_alpha.post("/admin/login/", {"username": "lan@khach.example", "password": "x"})
        run_agenda()

        def broken(*_args, **_kwargs):
            raise RuntimeError("no customer lan@khach.example, 0912 345 678")

        monkeypatch.setattr("workflows.admin.home.home_for", broken)
        staff_client_alpha.raise_request_exception = False
        assert staff_client_alpha.get("/admin/").status_code == 500
        text = json.dumps(lines, ensure_ascii=False)
        assert "no customer [e-mail], [phone]" in text
        assert len([line for line in lines if line["logger"] == "cxcrm.request"]) >= 5
        assert EMAIL.findall(text) == []
        # An id begins with the time; some hours its hexadecimal digits are ten decimal ones in a row.
        assert PHONE.findall(re.sub(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])", "", text)) == []
        assert "Lan" not in text.replace("Language", "")


def test_off_means_not_even_imported():
    code = (
        "import django, sys; django.setup(); import cxcrm.urls; "
        "names = {'sentry_sdk', 'opentelemetry.exporter', 'prometheus_client'}; print(*names & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


class TestReports:
    def test_nothing_personal_is_reported(self, in_alpha):
        event = {
            "request": {"url": "https://alpha/s/secret/", "method": "POST", "data": {"phone": "0912345678"}},
            "user": {"email": "lan@khach.example"},
            "exception": {"values": [{"value": "no mailbox lan@khach.example"}]},
            "tags": {"a": "b"},
        }
        assert reporting.scrubbed_event(event, {}) == {
            "request": {"method": "POST"},
            "exception": {"values": [{"value": "no mailbox [e-mail]"}]},
            "tags": {"a": "b", "tenant": str(in_alpha.id)},
        }
        assert reporting.scrubbed_event({"message": "x"}, {})["message"] == "x"

    def test_traces_name_the_route(self, in_alpha, rf):
        said: dict[str, object] = {}

        class Span:
            set_attribute = staticmethod(said.__setitem__)

        reporting.name_the_route(Span, rf.get("/s/secret/"), None)
        assert said["http.target"] == said["url.path"] == ""
        assert said["cxcrm.tenant"] == str(in_alpha.id)

    def test_each_by_its_setting_only(self, settings, monkeypatch):
        begun = []
        monkeypatch.setattr(reporting, "_start_sentry", lambda: begun.append("sentry"))
        monkeypatch.setattr(reporting, "_start_traces", lambda: begun.append("traces"))
        reporting.start()
        settings.SENTRY_DSN, settings.OTEL_ENDPOINT = "https://key@errors.example/1", "http://127.0.0.1:4318"
        reporting.start()
        assert begun == ["sentry", "traces"]

    def test_both_really_start(self, monkeypatch):
        monkeypatch.setenv("SENTRY_DSN", "http://key@127.0.0.1:9/1")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
        code = "import django, sys; django.setup(); print(*{'sentry_sdk', 'opentelemetry.exporter'} - set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "", done.stderr
