"""A table as it was delivered, opened once: its names, its blocks, its fingerprint."""

from retencion_lib.tables.sources.open import open_source
from retencion_lib.tables.sources.source import Block, Note, Source

__all__ = ["Block", "Note", "Source", "open_source"]
