"""The file a firm travels in: a zip of CSV files and a manifest that says what each must be, readable without cxcrm."""

import hashlib
import json
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from django.utils.translation import gettext_lazy as _

from tenants.errors import ArchiveNotWritten, ArchiveRefused

FORMAT = "cxcrm-firm-1"
MANIFEST = "manifest.json"
_CHUNK = 1 << 20
# What the zip module raises over a damaged file, by where the damage is; not being there is one more way.
_UNREADABLE = (BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError)


class ArchiveWriter:
    """Takes files one after the other; the manifest, written last, makes it an archive."""

    def __init__(self, target: IO[bytes]) -> None:
        self._zip = ZipFile(target, "w", ZIP_DEFLATED)
        self._files: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        if error is not None:
            self._zip.fp = None  # given up: or the zip would try to write its end when it is collected

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one file, piece by piece."""
        digest, size = hashlib.sha256(), 0
        with self._zip.open(name, "w", force_zip64=True) as entry:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
        self._files[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def close(self, facts: dict[str, Any]) -> None:
        """Write the manifest and the zip's directory."""
        manifest = {"format": FORMAT, **facts, "files": self._files}
        self._zip.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
        self._zip.close()


class ArchiveReader:
    """An archive whose every byte was compared with its manifest before anything is taken from it."""

    def __init__(self, archive: ZipFile) -> None:
        self._zip = archive
        try:
            self.manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            declared = set(self.manifest["files"]) if self.manifest["format"] == FORMAT else None
        except (KeyError, TypeError, *_UNREADABLE) as error:
            raise ArchiveRefused from error
        if declared is None:
            raise ArchiveRefused(_("This archive has a format this version of cxcrm does not know."))
        if declared | {MANIFEST} != set(archive.namelist()):
            raise _damaged(MANIFEST)
        for name in declared:
            self._verify(name)

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file ``name``, piece by piece."""
        with self._zip.open(name) as entry:
            while chunk := entry.read(_CHUNK):
                yield chunk

    def files_in(self, folder: str) -> set[str]:
        """Names of the CSV files in ``folder``, without folder and ending."""
        names = (Path(name) for name in self.manifest["files"])
        return {name.stem for name in names if str(name.parent) == folder}

    def _verify(self, name: str) -> None:
        digest = hashlib.sha256()
        try:
            for chunk in self.chunks(name):
                digest.update(chunk)
        except _UNREADABLE as error:
            raise _damaged(name) from error
        if digest.hexdigest() != self.manifest["files"][name]["sha256"]:
            raise _damaged(name)


def _damaged(name: str) -> ArchiveRefused:
    message = _("This archive is damaged: %(name)s is not what was written. Take another copy.") % {"name": name}
    return ArchiveRefused(message, code="archive.damaged", name=name)


@contextmanager
def reading(path: Path) -> Iterator[ArchiveReader]:
    """Open and check an archive. Raises ArchiveRefused with one sentence that says what is wrong with it."""
    try:
        opened = ZipFile(path)
    except _UNREADABLE as error:
        raise ArchiveRefused(path=str(path)) from error
    with opened:
        yield ArchiveReader(opened)


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name only when it is complete and on the disk; readable by its owner only.

    Raises ArchiveNotWritten when the disk is full, the folder is missing or something is there already.
    """
    unfinished = path.with_name(f"{path.name}.part")
    try:
        if path.exists():
            raise FileExistsError(f"{path} exists")
        with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        unfinished.rename(path)
    except OSError as error:
        raise ArchiveNotWritten(path=str(path), reason=error.strerror or str(error)) from error
    finally:
        with suppress(FileNotFoundError, NotADirectoryError):
            unfinished.unlink()
