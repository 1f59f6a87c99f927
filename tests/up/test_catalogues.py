"""Texts are collected from code and templates, translations merged, and gaps named."""

import gettext
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from cxcrm.up import catalogues
from cxcrm.up.errors import CannotStart

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy

TITLE = _("Complaints")
ALSO = _("Two "
         "parts")
STATE = pgettext_lazy("case", "Open")

def count(n):
    # Translators: in the list
    return ngettext("%(n)d mail", "%(n)d mails", n) % {"n": n}
"""
TEMPLATE = """
{% extends "base.html" %}{% load i18n %}
{% block title %}{% translate "Complaints" %}{% endblock %}
    <p>{% translate 'Say "hello"' as greeting %}{{ greeting }}</p>
  {% if x %}
      {% blocktranslate trimmed count n=n with name=user.name %}
        {{ name }} has {{ n }} mail
      {% plural %}
        {{ name }} has {{ n }} mails
      {% endblocktranslate %}
{% endif %}
{% translate "Open" context "door" %} 100 % "quotes' {{ _("In a variable")|upper }}
{% blocktranslate %}Two
lines{% endblocktranslate %}
"""


def made(*messages: tuple[str | tuple[str, str], str | tuple[str, ...]], context: str | None = None) -> Catalog:
    catalogue = Catalog(locale="vi")
    for text, translation in messages:
        catalogue.add(text, translation, context=context)
    return catalogue


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "customers").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "customers" / "models.py").write_text(CODE)
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path


def test_texts_of_code_and_templates_are_found(root: Path) -> None:
    found = {catalogues.key_of(message): message for message in catalogues.collect(root) if message.id}
    assert set(found) == {
        (None, "Complaints"),
        (None, "Two parts"),
        ("case", "Open"),
        ("door", "Open"),
        (None, "%(n)d mail"),
        (None, 'Say "hello"'),
        (None, "%(name)s has %(n)s mail"),
        (None, "In a variable"),
        (None, "Two\nlines"),
    }
    assert found[None, "Complaints"].locations == [("customers/models.py", 4), ("templates/page.html", 3)]
    assert found[None, "%(name)s has %(n)s mail"].id[1] == "%(name)s has %(n)s mails"
    assert found[None, "%(n)d mail"].auto_comments == ["Translators: in the list"]


def test_translations_are_kept_and_extras_win(root: Path) -> None:
    sources = catalogues.collect(root)
    current = made(("Complaints", "Phàn nàn"), ("Gone", "Mất"), ("Save", "Lưu"), ("%(n)d mail", "%(n)d thư"))
    extra = made(
        ("Complaints", "Vụ việc"), (("%(name)s has %(n)s mail", "%(name)s has %(n)s mails"), ("%(name)s có %(n)s thư",))
    )
    merged = catalogues.merge(sources, current, [extra, made(("Open", "Đang mở"), context="case")], {(None, "Save")})
    texts = {catalogues.key_of(message): message.string for message in merged if message.id}
    assert texts[None, "Complaints"] == "Vụ việc"
    assert texts["case", "Open"] == "Đang mở"
    assert texts["door", "Open"] == ""
    assert texts[None, "%(name)s has %(n)s mail"] == ("%(name)s có %(n)s thư",)
    assert texts[None, "%(n)d mail"] == ("%(n)d thư",), "a single translation fits a text that got a plural"
    assert texts[None, "Save"] == "Lưu", "a third party's text stays"
    assert (None, "Gone") not in texts


def test_an_empty_translation_does_not_wipe_a_good_one(root: Path) -> None:
    merged = catalogues.merge(
        catalogues.collect(root), made(("Complaints", "Vụ việc")), [made(("Complaints", ""))], set()
    )
    assert merged.get("Complaints").string == "Vụ việc"


def test_gaps_are_named(root: Path) -> None:
    sources = catalogues.collect(root)
    complete = catalogues.merge(sources, made(), [], set())
    for message in complete:
        if message.id:
            message.string = (message.id[0],) if isinstance(message.id, tuple) else message.id
    assert catalogues.problems(sources, complete) == []
    complete.get("Complaints").string = ""
    complete.get("%(n)d mail").string = ("%(m)d thư",)
    complete.get("Two parts").flags.add("fuzzy")
    found = catalogues.problems(sources, complete)
    assert found[0] == "customers/models.py: not translated: 'Complaints'"
    assert found[1] == "customers/models.py: translation is marked fuzzy: 'Two parts'"
    assert found[2].startswith("'%(n)d mail': ")
    assert len(found) == 3


def test_a_catalogue_is_written_read_and_compiled(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "foreign_keys", lambda _root: set())
    extra = root / "mine.po"
    extra.write_text(
        'msgid "Complaints"\nmsgstr "Vụ việc"\n\n'
        'msgid "%(n)d mail"\nmsgid_plural "%(n)d mails"\nmsgstr[0] "%(n)d thư"\n'
    )
    catalogues.update([extra], root)
    path = root / "locale" / "vi" / "LC_MESSAGES" / "django.po"
    first = path.read_text()
    assert "#: customers/models.py templates/page.html" in first
    assert "POT-Creation-Date" not in first
    catalogues.update([], root)
    assert path.read_text() == first, "nothing changed, so nothing is written differently"
    assert catalogues.compile_stale(root) == 1
    assert catalogues.compile_stale(root) == 0
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Complaints") == "Vụ việc"
    assert compiled.ngettext("%(n)d mail", "%(n)d mails", 5) == "%(n)d thư"


def test_a_broken_catalogue_is_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "x.po"
    broken.write_text('<<<<<<< HEAD\nmsgid "a"\nmsgstr "b"\n')
    with pytest.raises(CannotStart, match=r"x\.po cannot be read as a catalogue"):
        catalogues._read(broken, "vi")
