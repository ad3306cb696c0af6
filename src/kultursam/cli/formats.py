"""The files in which a year can be taken away, each loaded only where it is wished."""

from collections.abc import Iterator

from kultursam.diagnostics import KultursamError, Problem
from kultursam.forumfile.register import Register
from kultursam.i18n import Message
from kultursam.publish import Maker


class MissingExtraError(KultursamError):
    """What makes documents was not installed."""

    code = "missing-extra"

    def __init__(self) -> None:
        text = Message("a PDF needs the library typst, which is not installed; do it with: pip install typst")
        super().__init__(Problem(text))


def maker_of(kind: str) -> Maker:
    """Return what makes a workbook, or a document. Raise `MissingExtraError` where its library is missing."""
    if kind == "xlsx":
        from kultursam.render.workbook import workbook

        return lambda plan, register, _: workbook(plan, register)
    try:
        from kultursam.render.document import document
    except ModuleNotFoundError as error:
        if error.name != "typst":
            raise
        raise MissingExtraError from error
    return document


def missing_extras(register: Register) -> Iterator[Problem]:
    """Yield a warning for each kind of file that is to be published and cannot be made here."""
    for index, kind in enumerate(register.file.publish):
        try:
            maker_of(kind)
        except MissingExtraError as error:
            (problem,) = error.problems
            where = ("publish", index)
            yield register.source.problem(problem.text, where, warning=True, code=problem.code)
