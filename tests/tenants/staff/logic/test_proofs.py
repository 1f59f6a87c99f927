"""One-time codes, recovery codes, waiting, devices and claims: exact, without a database."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.staff.logic import recovery, totp
from tenants.staff.logic.devices import device_name, is_small
from tenants.staff.logic.identity import Claims, challenge_of, new_verifier, read_claims
from tenants.staff.logic.qr import drawing
from tenants.staff.logic.waiting import CODES, CONNECTION, PASSWORD

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    # RFC 6238, appendix B, the last six of eight digits.
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_of_the_standard(seconds, code):
    assert totp.code_at(RFC_SECRET, totp.step_at(seconds)) == code
    assert totp.matching_step(RFC_SECRET, f" {code[:3]} {code[3:]}", seconds=seconds, after=0) == seconds // 30


def test_a_code_is_good_for_a_minute_and_a_half_and_once():
    step = totp.step_at(1_000_000_000)
    code = totp.code_at(RFC_SECRET, step)
    for late in (-30, 0, 30):
        assert totp.matching_step(RFC_SECRET, code, seconds=1_000_000_000 + late, after=step - 1) == step
    for late in (-61, 61):
        assert totp.matching_step(RFC_SECRET, code, seconds=1_000_000_000 + late, after=0) is None
    assert totp.matching_step(RFC_SECRET, code, seconds=1_000_000_000, after=step) is None


@given(st.text(max_size=12))
def test_nonsense_is_no_code(text):
    assert totp.matching_step(RFC_SECRET, text, seconds=59, after=10**9) is None


def test_what_the_picture_says():
    said = totp.address(RFC_SECRET, account="chu@alpha.example", issuer="Cà phê Alpha")
    assert said == (
        "otpauth://totp/C%C3%A0%20ph%C3%AA%20Alpha%3Achu%40alpha.example"
        f"?secret={RFC_SECRET}&issuer=C%C3%A0%20ph%C3%AA%20Alpha&digits=6&period=30"
    )
    width, path = drawing(said)
    assert (width - 8 - 17) % 4 == 0
    assert path.startswith("M4 4h7v1h-7z")
    assert totp.spaced("ABCDEFGHIJ") == "ABCD EFGH IJ"
    assert len(base64.b32decode(totp.new_secret())) == 20


def test_recovery_codes():
    codes = recovery.new_codes()
    assert len(set(codes)) == 10
    assert all(recovery.looks_like_one(code) for code in codes)
    typed = codes[0].upper().replace("-", " ")
    assert recovery.digest(typed, owner="a") == recovery.digest(codes[0], owner="a")
    assert recovery.digest(codes[0], owner="a") != recovery.digest(codes[0], owner="b")
    assert not recovery.looks_like_one("123456")


def test_waiting_grows_and_ends():
    waits = [PASSWORD.wait_after(tries) for tries in range(1, 13)]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]
    assert CONNECTION.wait_after(59) == 0
    assert CONNECTION.wait_after(10_000) == 60
    assert CODES.wait_after(10**9) == 900


def test_at_most_ten_of_a_thousand_in_fifteen_minutes():
    at, tries = 0, 0
    while at < 900:
        tries += 1
        at += max(1, PASSWORD.wait_after(tries))
    assert tries <= 10


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36 EdgA/140.0", "Edge · Android"),
        ("Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/120.0 Chrome/114.0 Safari/537.36", "Cốc Cốc · Windows"),
        ("curl/8", ""),
    ],
)
def test_devices_have_names(agent, name):
    assert device_name(agent) == name
    assert is_small(name) == name.endswith(("iPhone", "Android"))


TOKEN = {"sub": "42", "email": "Lan@Alpha.Example", "email_verified": True, "nonce": "n", "name": " Trần  Thị Lan "}


def claims(**changes):
    token = {**TOKEN, "aud": "us", **changes}
    return read_claims(
        {key: value for key, value in token.items() if value is not None},
        nonce="n",
        client_id="us",
        domains=["alpha.example"],
    )


def test_claims_that_do():
    assert claims() == Claims("42", "lan@alpha.example", "Trần Thị Lan")
    assert claims(name=None) == Claims("42", "lan@alpha.example", "lan")
    assert claims(aud=["us", "them"], azp="us") == Claims("42", "lan@alpha.example", "Trần Thị Lan")
    assert claims(email_verified="true").subject == "42"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"nonce": "m"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"azp": "them"}, "authorised party"),
        ({"aud": ["us", "them"]}, "authorised party"),
        ({"sub": None}, "subject"),
        ({"sub": "4" * 256}, "subject"),
        ({"email_verified": False}, "email not verified"),
        ({"email_verified": None}, "email not verified"),
        ({"email_verified": 1.5}, "email not verified"),
        ({"email": "lan@evil.example"}, "email domain"),
        ({"email": "lan@sub.alpha.example"}, "email domain"),
        ({"email": "a@evil.example@alpha.example"}, "email"),
        ({"email": None}, "email, email domain"),
    ],
)
def test_claims_that_do_not(changes, reason):
    assert claims(**changes) == reason


def test_the_challenge_shows_the_verifier_to_nobody():
    assert challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    assert 43 <= len(new_verifier()) <= 128
