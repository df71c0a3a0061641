"""A table as it was delivered, opened once: its names, its blocks, its fingerprint."""

from retencion_lib.tables.sources.open import as_it_was, open_source
from retencion_lib.tables.sources.source import Block, Note, Source

__all__ = ["Block", "Note", "Source", "as_it_was", "open_source"]
