"""Somebody's address in a calendar."""

from urllib.parse import quote

from icalendar import Parameters, vCalAddress


class _QuotedParameters(Parameters):
    """Parameters that are quoted for a backslash too: outside quotes some readers take it for an escape."""

    quote_also = {"CN": " '\\"}  # noqa: RUF012 - a class attribute of icalendar, to be overridden


def address(name: str, email: str, **parameters: str) -> vCalAddress:
    """Return an address with the name of who has it, if that is known, and further parameters."""
    value = vCalAddress("mailto:" + quote(email, safe="@!$'*+"))
    value.params = _QuotedParameters(parameters | ({"CN": name} if name else {}))
    return value
