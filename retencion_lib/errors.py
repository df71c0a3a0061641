"""The errors a user can cause, each with a message in Spanish.

A message says where, what was found, what was expected and what to do. Anything
that is not a `UserError` is a bug of ours and keeps its traceback.
"""


class UserError(Exception):
    """Wrong use or bad input: one clear Spanish message, exit code 2."""

    # The notebook shows the message alone; the traceback would only hide it.
    def _render_traceback_(self) -> list[str]:
        return [f"Error: {self}"]


class DataError(UserError):
    """A table that cannot be read, or does not say what it should."""


class ParameterError(UserError):
    """A parameter that does not exist, or whose value makes no sense."""


class OrderError(UserError):
    """A stage asked for what an earlier stage has not written yet."""


class ContractError(UserError):
    """A batch that breaks the data contract of the model that should score it."""


class ArtifactError(UserError):
    """A model file that is foreign, changed or missing."""


class OldModelError(ArtifactError):
    """A model of ours that another version of the code saved, and this one cannot open."""


class StorageError(UserError):
    """A disk that is full or a folder that may not be written."""


class AuditError(UserError):
    """A record that does not hold: `verify` or `reproduce` found a difference."""


class LibraryError(UserError):
    """A library that is not installed, or that this machine cannot load."""


class KernelError(UserError):
    """The process that executed a notebook ended or never answered: memory, or somebody's kill."""
