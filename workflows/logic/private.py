"""Words of people in the mails of others: short, and on one line."""


def shortened(text: str, length: int) -> str:
    """Return ``text`` on one line, cut between words to at most ``length`` characters with the ellipsis."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    if not line[length - 1].isspace() and " " in cut:
        cut = cut[: cut.rindex(" ")]
    return f"{cut.rstrip(' ,;:.–-')}…"
