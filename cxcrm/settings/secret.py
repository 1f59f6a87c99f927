"""The installation's secret key, made once and kept beside its data when none is given."""

import os
import secrets
from pathlib import Path


def secret_key(home: Path) -> str:
    """Return the key in ``home/secret-key``, creating it (mode 0600) on first use.

    Safe when several processes start at once: the file is linked into place, so exactly one key wins.
    """
    path = home / "secret-key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".secret-key.{os.getpid()}.{secrets.token_hex(4)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its key is the key
        finally:
            draft.unlink()
    return path.read_text().strip()
