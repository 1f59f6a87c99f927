"""Names put into a firm's own texts."""

from collections.abc import Mapping


def filled(text: str, words: Mapping[str, str]) -> str:
    """``text`` with each placeholder, such as "{brand}", replaced by its word, in the order of ``words``.

    Plain replacement: a firm's own text is never a format string that could reach into objects.
    """
    for placeholder, word in words.items():
        text = text.replace(placeholder, word)
    return text
