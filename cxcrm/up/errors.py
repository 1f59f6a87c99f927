"""The one error of the launcher: a sentence for the person at the terminal."""


class CannotStart(Exception):
    """Something the operator has to put right; its text is one clear sentence and the exit code is 2."""
