"""Runs the inbox: ``python -m cxcrm.up.inbox FOLDER SMTP-PORT WEB-PORT`` until SIGTERM."""

import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from cxcrm.up.inbox import smtp, web
from cxcrm.up.inbox.store import Store


def main(arguments: Sequence[str]) -> int:
    folder, smtp_port, web_port = arguments
    store = Store(Path(folder))
    sink = smtp.controller(store, int(smtp_port))
    page = web.server(store, int(web_port))
    sink.start()
    # Asked to stop, the web side ends its loop; a thread, because it waits for that loop.
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=page.shutdown).start())
    page.serve_forever(poll_interval=0.2)
    sink.stop()
    page.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
