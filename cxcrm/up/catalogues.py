"""Translation catalogues without system gettext: collect texts, merge translations, check them, compile them.

``python -m cxcrm.up.catalogues compile|check|update [MORE.po …]``
"""

import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from babel.core import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from cxcrm.up import say
from cxcrm.up.errors import CannotStart

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("cxcrm", "tenants", "customers", "journeys", "feedback", "workflows", "templates")
# The launcher speaks English to operators; the demo's texts are data.
LEFT_OUT = ("cxcrm/up/",)
LANGUAGES = ("vi",)
# Shown in our admin without a Vietnamese catalogue of their own, so their texts may be translated in ours.
THIRD_PARTIES = ("unfold",)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Lines of a catalogue's head that would change by themselves, or say nothing.
NO_HEADERS = tuple(
    f'"{name}'
    for name in (
        "Project-Id",
        "Report-",
        "POT-Creation",
        "PO-Revision",
        "Last-Translator",
        "Language-Team",
        "Generated-By",
    )
)
Key = tuple[str | None, str]


def key_of(message: Message) -> Key:
    """What identifies a message: its context and its (singular) source text."""
    text = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, text


def collect(root: Path = ROOT, folders: Sequence[str] = SOURCES) -> Catalog:
    """All texts marked for translation in the Python files and Django templates below ``folders``."""
    found = Catalog()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            name = path.relative_to(root).as_posix()
            if name.startswith(LEFT_OUT) or "/migrations/" in name or "/locale/" in name or not path.is_file():
                continue
            for number, text, comments, context in texts_of(path):
                found.add(text, None, [(name, number)], auto_comments=comments, context=context)
    return found


def texts_of(path: Path) -> Iterator[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """Line, text (or singular and plural), comments and context of each marked text in one file."""
    if path.suffix == ".py":
        source = path.read_bytes()
    elif path.suffix in {".html", ".txt"}:
        source = as_python(path.read_text(encoding="utf-8"), path.name).encode()
    else:
        return
    options = {"encoding": "utf-8"}
    yield from extract("python", io.BytesIO(source), KEYWORDS, ["Translators:"], options)


def as_python(template: str, name: str) -> str:
    """A Django template as calls Python's reader understands: one statement a line, everything else gone."""
    from django.utils.translation.template import templatize  # it alone knows the template language

    # What is no call is blanked out by X; indentation would be a syntax error.
    return "\n".join(line.lstrip() for line in templatize(template, origin=name).split("\n"))


def merge(sources: Catalog, current: Catalog, extras: Iterable[Catalog], foreign: set[Key]) -> Catalog:
    """Every text of ``sources`` with its translation from ``extras`` (the last wins) or ``current``.

    A translation of a text not in the sources is kept only when it is a third party's (``foreign``).
    """
    known: dict[Key, Message] = {}
    for catalogue in (current, *extras):
        for message in catalogue:
            if message.id and _translated(message) and not message.fuzzy:
                known[key_of(message)] = message
    merged = Catalog(
        locale=current.locale,
        project="cxcrm",
        copyright_holder="the cxcrm authors",
        fuzzy=False,
        header_comment="# Vietnamese of cxcrm, collected by `make messages`; only translations are edited by hand.",
    )
    for message in sources:
        if message.id:
            old = known.pop(key_of(message), None)
            merged.add(
                message.id,
                _fitting(message, old) if old else "",
                message.locations,
                auto_comments=message.auto_comments,
                user_comments=old.user_comments if old else (),
                context=message.context,
                flags=message.flags - {"fuzzy"},
            )
    for key, message in known.items():
        if key in foreign:
            comments = [one for one in message.user_comments if not one.startswith("Not ours")]
            merged.add(
                message.id,
                message.string,
                user_comments=[*comments, "Not ours: a third party's text."],
                context=message.context,
                flags=message.flags - {"fuzzy"},
            )
    return merged


def foreign_keys(root: Path = ROOT) -> set[Key]:
    """Texts of the libraries we show: those that bring catalogues, and those that bring none."""
    found: set[Key] = set()
    for package in ("django", "rest_framework", "django_filters"):
        for path in _package(package).rglob("locale/en/LC_MESSAGES/django.po"):
            found |= {key_of(message) for message in _read(path, "en") if message.id}
    for package in THIRD_PARTIES:
        folder = _package(package)
        found |= {key_of(message) for message in collect(folder.parent, [package]) if message.id}
    return found


def problems(sources: Catalog, translated: Catalog) -> list[str]:
    """One line per missing, fuzzy or unfitting translation; empty when the catalogue is complete."""
    have = {key_of(message): message for message in translated if message.id}
    found = []
    for message in sources:
        if not message.id:
            continue
        key = key_of(message)
        place = message.locations[0][0] if message.locations else "?"
        mine = have.get(key)
        if mine is None or not _translated(mine):
            found.append(f"{place}: not translated: {key[1]!r}")
        elif mine.fuzzy:
            found.append(f"{place}: translation is marked fuzzy: {key[1]!r}")
    for message in have.values():
        found += [f"{key_of(message)[1]!r}: {error}" for error in message.check(translated) if _translated(message)]
    return found


def compile_stale(root: Path = ROOT) -> int:
    """Compile each catalogue that is newer than its compiled form; returns how many."""
    done = 0
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        catalogue = _read(source, source.parents[1].name)
        draft = target.with_suffix(f".{os.getpid()}.new")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        draft.replace(target)
        done += 1
    return done


def update(extras: Sequence[Path], root: Path = ROOT) -> None:
    """Rewrite each language's catalogue: today's texts, with what is translated so far and in ``extras``."""
    sources = collect(root)
    foreign = foreign_keys(root)
    for language in LANGUAGES:
        path = _path(root, language)
        current = _read(path, language) if path.exists() else Catalog(locale=language)
        merged = merge(sources, current, [_read(extra, language) for extra in extras], foreign)
        path.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        # No line numbers and no dates: a catalogue changes when a text does.
        write_po(buffer, merged, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
        lines = buffer.getvalue().decode().splitlines(keepends=True)
        path.write_text("".join(line for line in lines if not line.startswith(NO_HEADERS)))
        missing = sum(1 for message in merged if message.id and not _translated(message))
        say.line(f"{path.relative_to(root)}: {len(merged)} texts, {missing} not translated yet.")


def _translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def _fitting(message: Message, old: Message) -> str | tuple[str, ...]:
    """The old translation in the shape the text has now; Vietnamese has one plural form."""
    forms = tuple(old.string) if isinstance(old.string, (tuple, list)) else (old.string or "",)
    return forms[0] if isinstance(message.id, str) else forms


def _read(path: Path, language: str) -> Catalog:
    try:
        with path.open("rb") as file:
            return read_po(file, locale=language, abort_invalid=True)
    except (OSError, PoFileError, UnknownLocaleError, ValueError) as error:
        raise CannotStart(f"{path} cannot be read as a catalogue: {error}") from error


def _package(name: str) -> Path:
    spec = find_spec(name)
    if not spec or not spec.submodule_search_locations:
        raise CannotStart(f"{name} is not installed; run make setup.")
    return Path(spec.submodule_search_locations[0])


def _path(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def main(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["compile"]:
            compile_stale()
        case ["update", *extras]:
            update([Path(extra) for extra in extras])
            compile_stale()
        case ["check"]:
            sources = collect()
            found = [
                line for language in LANGUAGES for line in problems(sources, _read(_path(ROOT, language), language))
            ]
            for line in found:
                say.line(line)
            say.line(f"Translations: {len(found)} problems in {len(sources)} texts.")
            return bool(found)
        case _:
            say.error("usage: python -m cxcrm.up.catalogues compile|check|update [MORE.po …]")
            return 2
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except CannotStart as problem:
        say.error(str(problem))
        sys.exit(2)
