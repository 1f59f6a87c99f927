"""PostgreSQL refuses to run as root, so root starts it as a system user of its own."""

import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path

from cxcrm.up import say
from cxcrm.up.errors import CannotStart

NAME = "embedded_postgres"


def needed() -> pwd.struct_passwd | None:
    """The user to run PostgreSQL as, made when missing; None for everybody but root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass  # first start on this machine
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]
    if not shutil.which("useradd"):
        command = ["adduser", "-S", "-D", "-H", NAME]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotStart(
            f"PostgreSQL does not run as root and the system user {NAME} could not be made; "
            "run as an ordinary user, or set DATABASE_URL to a server of yours."
        ) from error
    return pwd.getpwnam(NAME)


def let_pass(path: Path) -> None:
    """Let other users through to ``path``: folders above it get the passing bit where it is missing, no more."""
    opened = []
    for folder in path.resolve().parents:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            opened.append(str(folder))
    if opened:
        say.line(f"    Now passable for other users (o+x), for PostgreSQL's own user: {', '.join(reversed(opened))}")


def let_read(folder: Path) -> None:
    """Let other users read and run what lies below ``folder``: the PostgreSQL programs of ``.venv``."""
    let_pass(folder)
    for path in [folder, *folder.rglob("*")]:
        if path.is_symlink():
            continue
        mode = stat.S_IMODE(path.stat().st_mode)
        wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
        if wanted != mode:
            path.chmod(wanted)
