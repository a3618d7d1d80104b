"""The exception by which a rule says no."""

from django.utils.functional import Promise


class Refusal(Exception):
    """A rule said no. Actions raise it; views show its message and leave everything as it was."""

    def __init__(self, message: str | Promise, code: str = "refused") -> None:
        super().__init__(message)
        self._message = message
        self.code = code

    @property
    def message(self) -> str:
        """The sentence for the person, in the language of the moment."""
        return str(self._message)

    def __str__(self) -> str:
        return self.message
