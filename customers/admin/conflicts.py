"""Two people editing one customer: the second keeps what they typed and sees what the first has changed."""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

SEEN = "seen"  # what the editor found on the form, as text by field; only its owner can be misled by forging it


@dataclass(frozen=True)
class Difference:
    """One field the other person changed; ``is_kept`` where the editor changed it too, so that theirs is not taken."""

    label: str
    mine: str
    theirs: str
    is_kept: bool


def seen_text(initial: dict[str, Any]) -> str:
    """The values of a form as it is first shown."""
    return json.dumps({name: _text(value) for name, value in initial.items() if name != "version"}, ensure_ascii=False)


def merge(form: forms.Form, stored: dict[str, Any], version: int) -> tuple[QueryDict, list[Difference]]:
    """The form's data to go on with, and what the other person changed.

    Fields the editor did not touch take what is stored now; where both wrote, the editor's text stays and the other's
    is shown beside it.
    """
    seen, data, found = _seen(form), form.data.copy(), []
    for name, field in form.fields.items():
        if name in ("version", SEEN) or name not in stored:
            continue
        theirs, mine = _text(stored[name]), _text(_posted(form, name))
        before = seen.get(name)
        if theirs in (before, mine):
            continue
        is_kept = before is None or mine != before
        if not is_kept:
            value = stored[name]
            data.setlist(name, [str(one) for one in value] if isinstance(value, list) else [_text(value)])
        found.append(Difference(str(field.label), _words(field, mine), _words(field, theirs), is_kept))
    data["version"] = str(version)
    data[SEEN] = seen_text(stored)
    return data, found


def _seen(form: forms.Form) -> dict[str, str]:
    try:
        seen = json.loads(form.data.get(SEEN, ""))
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in seen.items()} if isinstance(seen, dict) else {}


def _posted(form: forms.Form, name: str) -> Any:
    return form.fields[name].widget.value_from_datadict(form.data, form.files, name)


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, (list, tuple)):
        return "\n".join(sorted(str(one) for one in value))
    return str(value).replace("\r\n", "\n").strip()


def _words(field: forms.Field, text: str) -> str:
    """A value as people read it: the words of a choice, the name of a person or branch."""
    if isinstance(field, forms.ModelChoiceField):
        row = field.queryset.model._default_manager.filter(pk=text).first() if text else None
        return str(row) if row else "–"
    if isinstance(field, forms.ChoiceField):
        words = {str(code): str(label) for code, label in field.choices}
        return ", ".join(words.get(line, line) for line in text.splitlines()) or "–"
    return text or "–"
