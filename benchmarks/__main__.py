"""``make bench``: all figures, or those named: ``make bench ARGS="api_list claim"``."""

import importlib
import os
import sys
import time

from benchmarks.figures import HEADER, machine

ALL = (
    "hosts", "sign_up", "claim", "sweep", "deploys", "delivery", "invitations", "publish", "api_list", "search",
    "admin_lists", "home", "journey_map",
    "connections", "escalation", "exports", "rolling_deploy", "startup", "import_customers", "segments",
    "understanding", "stage_visits", "churn", "reports",
)  # fmt: skip


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(ALL))
    if unknown:
        print(f"There is no {', '.join(unknown)}; there are {', '.join(ALL)}.")
        return 2
    if "DATABASE_URL" not in os.environ:
        print('Measured on throw-away servers: run "make bench".')
        return 2
    print(machine(), flush=True)
    for name in names or ALL:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n{name}: {(module.__doc__ or '').strip()}\n{HEADER}", flush=True)
        started = time.monotonic()
        for figure in module.measure():
            print(figure.line(), flush=True)
        print(f"({time.monotonic() - started:.0f} s)", flush=True)
    print(f"\n{machine()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
