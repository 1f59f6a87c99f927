"""Pages speak in one pair of words: ``{% load i18n address %}`` makes translate and blocktranslate fill it in.

A translation may hold {we}, {We}, {xh} and {Xh}, as Vietnamese does where English has "we" and "you"; the page's
``tone`` tells the words. So each page gets its words here, and no template says anything twice.
"""

from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.templatetags.i18n import do_block_translate, do_translate
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from journeys.logic.voice import NEUTRAL, Pair

register = template.Library()


class _Addressed(Node):
    """A translated text with the page's words in it."""

    def __init__(self, node: Any) -> None:
        self.node = node

    def render(self, context: Context) -> SafeString:
        shown = self.node.render(context)
        if self.node.asvar:
            context[self.node.asvar] = _filled(context[self.node.asvar], context)
        return _filled(shown, context)


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    return _Addressed(do_translate(parser, token))


@register.tag
def blocktranslate(parser: Parser, token: Token) -> Node:
    return _Addressed(do_block_translate(parser, token))


def _filled(text: str, context: Context) -> SafeString:
    """What Django's own tag wrote is HTML already; the words are escaped, as a firm types its own."""
    tone = context.get("tone")
    pair = tone.pair if tone is not None else NEUTRAL["en" if get_language() == "en" else "vi"]
    words = (pair.we, pair.we_capital, pair.you, pair.you_capital)
    escaped = Pair(*(str(conditional_escape(word)) for word in words))
    return mark_safe(escaped.fill(str(text)))  # noqa: S308 - the tag's own output, and escaped words
