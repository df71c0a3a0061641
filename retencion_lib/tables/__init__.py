"""Tables: read them, know their columns, hold some rows out, keep a contract."""

from retencion_lib.tables.columns import ColumnInfo, describe_columns
from retencion_lib.tables.contract import BatchCheck, check_batch, infer_contract, require_batch
from retencion_lib.tables.demo import write_demo
from retencion_lib.tables.history import ask_history
from retencion_lib.tables.ids import as_labels, need_columns
from retencion_lib.tables.load import load_training
from retencion_lib.tables.portfolio import need_same_portfolio
from retencion_lib.tables.read import read_table
from retencion_lib.tables.sources import Source, open_source
from retencion_lib.tables.split import fold_numbers, hashes, sort_order, test_mask
from retencion_lib.tables.training import Training

__all__ = [
    "BatchCheck",
    "ColumnInfo",
    "Source",
    "Training",
    "as_labels",
    "ask_history",
    "check_batch",
    "describe_columns",
    "fold_numbers",
    "hashes",
    "infer_contract",
    "load_training",
    "need_columns",
    "need_same_portfolio",
    "open_source",
    "read_table",
    "require_batch",
    "sort_order",
    "test_mask",
    "write_demo",
]
