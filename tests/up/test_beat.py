"""The scheduler's small application sends what the product's settings say, and loads nothing of the product."""

import subprocess
import sys

from cxcrm.up.config import ROOT

CODE = """
import sys
from cxcrm.up.beat import app
app.loader.init_worker()
entries = app.conf.beat_schedule
print(sorted((row["task"], *row["args"], row["options"]["queue"]) for row in entries.values()))
print([name for name in ("rest_framework", "tenants.tasks", "tenants.models") if name in sys.modules])
"""


def test_it_knows_the_schedule_and_no_task(tmp_path) -> None:
    env = {"CXCRM_HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", CODE], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    schedule, loaded = done.stdout.splitlines()
    assert schedule == str(
        [("tenants.run_agenda", "escalation", "escalation"), ("tenants.run_agenda", "normal", "normal")]
    )
    assert loaded == "[]"
