"""A line that can be cut: TCP to a server of ours, and what goes wrong on the way."""

import select
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

# What the proxy does with a piece the client sends: True cuts the line after the server has answered it.
Cut = Callable[[bytes], bool]


class Proxy:
    """Listens on a free port of 127.0.0.1 and passes everything on; ``cuts`` counts the lines it cut."""

    def __init__(self, port: int, cut: Cut = lambda _piece: False) -> None:
        self.cut = cut
        self.cuts = 0
        self._to = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._over = threading.Event()
        self._crew = [threading.Thread(target=self._welcome, daemon=True)]

    def __enter__(self) -> "Proxy":
        self._crew[0].start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._over.set()
        self.cut_all()
        for thread in self._crew:
            thread.join(timeout=10)
        self._server.close()

    def cut_all(self) -> None:
        """Every line at once, whatever is under way."""
        for line in list(self._open):
            _shut(line)

    def _welcome(self) -> None:
        while not self._over.is_set():
            if not select.select([self._server], [], [], 0.1)[0]:
                continue
            client, _address = self._server.accept()
            thread = threading.Thread(target=self._pass, args=[client], daemon=True)
            self._crew.append(thread)
            thread.start()

    def _pass(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._to))
        self._open |= {client, server}
        try:
            self._between(client, server)
        except OSError:
            pass  # one of them is gone
        finally:
            for line in (client, server):
                _shut(line)
                line.close()
            self._open -= {client, server}

    def _between(self, client: socket.socket, server: socket.socket) -> None:
        while not self._over.is_set():
            for line in select.select([client, server], [], [], 0.2)[0]:
                piece = line.recv(65536)
                if not piece:
                    return
                (server if line is client else client).sendall(piece)
                if line is client and self.cut(piece):
                    server.recv(65536)  # done by the server, and its word never arrives
                    self.cuts += 1
                    return


def _shut(line: socket.socket) -> None:
    with suppress(OSError):  # shut already
        line.shutdown(socket.SHUT_RDWR)
