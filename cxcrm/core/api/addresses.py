"""Finding the view of an address without trying every pattern for every call."""

from typing import Any

from django.urls import ResolverMatch, URLResolver


class KnownAddresses(URLResolver):
    """Remembers the addresses nothing is read from, which are as many as there are such routes: mostly lists."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[str, ResolverMatch] = {}

    def resolve(self, path: str) -> ResolverMatch:
        match = self._known.get(path)
        if match is None:
            match = super().resolve(path)
            if not (match.args or match.kwargs):
                match.tried = []  # what else it might have been is of interest where nothing was found
                self._known[path] = match
        return match
