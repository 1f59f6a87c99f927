"""The home page with 100,000 complaints, beside the same page with a hundred."""

from collections.abc import Iterator
from functools import partial

from benchmarks.admin_lists import call, fill, session_of
from benchmarks.api_list import _statements
from benchmarks.figures import Figure, interleaved
from benchmarks.firm import firm

SIZES = {"home": (2_000, 100_000), "home-small": (1_000, 100)}


def measure() -> Iterator[Figure]:
    from cxcrm.wsgi import application
    from tenants.context import in_tenant

    calls = {}
    for slug, (customers, complaints) in SIZES.items():
        tenant = firm(slug)
        with in_tenant(tenant):
            yield from fill(customers, complaints)
            cookie = session_of(tenant.host)
        calls[slug] = partial(call, application, tenant.host, "/admin/", cookie)
        yield Figure(f"queries of the home page, {complaints:,} complaints", len(_statements(calls[slug])), "")
    taken = interleaved(calls, rounds=7, each=3)
    yield Figure(
        "the home page with 100,000 complaints (floor: with 100)",
        taken["home"] * 1e3,
        "ms",
        taken["home-small"] * 1e3,
        "goal: at most 2.00 x",
    )
