"""Django commands run as a step: their lines are shown as they come and kept in a log."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from cxcrm.up import say
from cxcrm.up.child import end_with_parent, rotate
from cxcrm.up.errors import CannotStart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxcrm.up.stack import Stack


class Failed(CannotStart):
    """A Django command ended with a code other than 0."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


def run_manage(stack: Stack, arguments: Sequence[str], *, plain: bool = False) -> None:
    """Run ``manage.py`` beside the stack, which is watched meanwhile; ``plain`` shows lines as they are.

    Raises Failed with the path of the log.
    """
    log = stack.home / "logs" / f"{arguments[0]}.log"
    rotate(log)
    process = subprocess.Popen(
        [sys.executable, str(stack.config.root / "manage.py"), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=stack.env,
        cwd=stack.config.root,
        start_new_session=True,
        preexec_fn=end_with_parent(signal.SIGTERM),
    )
    try:
        with log.open("ab") as kept:
            for raw in process.stdout or ():
                kept.write(raw)
                kept.flush()
                text = raw.decode("utf-8", "replace").rstrip()
                say.line(text if plain else f"    {text}")
                stack.supervisor.watch()
        code = process.wait()
    except BaseException:  # Ctrl-C too: the child must not outlive us; raised again below
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        raise
    if code:
        raise Failed(f"manage.py {arguments[0]} ended with code {code}; its lines are above and in {log}.", code)
