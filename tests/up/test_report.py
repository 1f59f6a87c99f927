"""What the terminal shows when everything runs."""

from pathlib import Path

from cxcrm.up import config, report


def test_the_demo_shows_firms_and_one_login_a_role(tmp_path: Path) -> None:
    logins = [
        {"role": "executive", "email": "duyen@sm.example", "password": "x"},
        {"role": "executive", "email": "trang@sm.example", "password": "x"},
        {"role": "agent", "email": "tung@sm.example", "password": "y"},
    ]
    demo = {
        "firms": {
            "suongmai": {"name": "Cà phê Sương Mai", "admin": "http://suongmai.localhost:8000/admin/", "logins": logins}
        },
        "platform": {"admin": "http://platform.localhost:8000/admin/", "logins": []},
    }
    assert list(report.lines(config.read({}, tmp_path), demo)) == [
        "  Public page      http://localhost:8000/",
        "  Mail inbox       http://localhost:8025/",
        "",
        "  Cà phê Sương Mai",
        "    Staff          http://suongmai.localhost:8000/admin/",
        "    executive      duyen@sm.example  x",
        "    agent          tung@sm.example  y",
        "",
        "  Operators of the service",
        "    Staff          http://platform.localhost:8000/admin/",
        "",
        f"  All logins and API keys: {tmp_path}/.cxcrm/demo.json",
    ]


def test_without_demo_it_says_how_to_begin(tmp_path: Path) -> None:
    settings = config.read({"EMAIL_URL": "smtp://mail.example", "CXCRM_BASE_DOMAIN": "cx.example"}, tmp_path)
    assert list(report.lines(settings, {})) == [
        "  Public page      http://cx.example:8000/",
        "",
        "  A first firm: sign up at http://cx.example:8000/ or run .venv/bin/python manage.py create_firm --help",
    ]
