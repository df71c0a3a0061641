"""Tables: read them, know their columns, hold some rows out, keep a contract.

What is asked for is imported then: an order that looks at a header before it starts a kernel must
not wait for what models and contracts need.
"""

from importlib import import_module

_HOMES = {
    "columns": ("ColumnInfo", "describe_columns"),
    "contract": ("BatchCheck", "check_batch", "infer_contract", "require_batch"),
    "demo": ("write_demo",),
    "history": ("ask_history",),
    "ids": ("as_labels", "need_columns"),
    "load": ("load_training",),
    "portfolio": ("need_same_portfolio",),
    "read": ("read_table",),
    "sources": ("Source", "open_source"),
    "split": ("fold_numbers", "hashes", "sort_order", "test_mask"),
    "training": ("Training",),
}
__all__ = [name for names in _HOMES.values() for name in names]


def __getattr__(name: str) -> object:
    """What `__all__` promises, from the module that it lives in."""
    for module, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
