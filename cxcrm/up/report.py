"""What the terminal shows when everything runs: where to look, and who can log in."""

from collections.abc import Iterator, Mapping
from typing import Any

from cxcrm.up import home, say
from cxcrm.up.config import Config


def ready(config: Config, *, demo: bool, seconds: float) -> None:
    say.line()
    say.line(f"cxcrm is ready after {seconds:.0f} s.")
    for line in lines(config, home.read_json(config.home / "demo.json") if demo else {}):
        say.line(line)
    say.line()
    say.line(f"Logs: {config.home / 'logs'}. Ctrl-C stops everything; the data stays.")


def lines(config: Config, demo: Mapping[str, object]) -> Iterator[str]:
    """The addresses, and the firms and logins of ``demo.json``."""
    yield f"  {'Public page':<16} {config.web}/"
    if config.inbox:
        yield f"  {'Mail inbox':<16} {config.inbox}/"
    firms = demo.get("firms")
    if not demo:
        yield ""
        yield f"  A first firm: sign up at {config.web}/ or run .venv/bin/python manage.py create_firm --help"
    for firm in firms.values() if isinstance(firms, dict) else []:
        yield from _firm(firm)
    platform = demo.get("platform")
    if isinstance(platform, dict):
        yield from _firm({"name": "Operators of the service", **platform})
    if demo:
        yield ""
        yield f"  All logins and API keys: {config.home / 'demo.json'}"


def _firm(firm: Mapping[str, Any]) -> Iterator[str]:
    """A firm's addresses, and for each role the first who has it."""
    yield ""
    yield f"  {firm.get('name', '')}"
    for label, key in (("Staff", "admin"), ("Customers", "complain"), ("API", "api")):
        if firm.get(key):
            yield f"    {label:<14} {firm[key]}"
    first = {login["role"]: login for login in reversed(firm.get("logins", []))}
    for role, login in reversed(first.items()):
        yield f"    {role:<14} {login['email']}  {login['password']}"
