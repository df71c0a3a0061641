"""Scores over batches of Arrow: the one function that every engine distributes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from retencion_lib.errors import ContractError
from retencion_lib.models.fitted import FittedModel
from retencion_lib.tables.contract import as_trained, broken
from retencion_lib.tables.read import read_table
from retencion_lib.tables.sources.memory_part import MemoryPart
from retencion_lib.tables.sources.source import Source

WHERE = "el lote"


@dataclass(frozen=True)
class ArrowScorer:
    """Batches of customers as delivered, to batches of id and score; it travels by pickle."""

    model: FittedModel

    @property
    def schema(self) -> pa.Schema:
        """Of what it gives."""
        return pa.schema([(self.model.contract.id_col, pa.string()), ("score", pa.float64())])

    @property
    def ddl(self) -> str:
        """The same schema in Spark's words."""
        name = self.model.contract.id_col.replace("`", "``")
        return f"`{name}` string, score double"

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Score each batch.

        Raises
        ------
        ContractError
            If a batch lacks a column, or one of numbers has texts.
        """
        for batch in batches:
            if batch.num_rows:
                yield self._scored(batch)

    def _scored(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        contract = self.model.contract
        frame = read_table(_source(batch), contract=contract)
        wrong = broken(frame, contract)
        if wrong:
            raise ContractError(
                f"{WHERE}: no cumple el contrato de datos del modelo: {'; '.join(wrong)}. Corrige "
                "el lote y repite."
            )
        table = as_trained(frame, contract)
        arrays = [
            pa.array(table[contract.id_col], pa.string()),
            pa.array(self.model.predict(table), pa.float64()),
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)


def arrow_scorer(model: FittedModel) -> ArrowScorer:
    """Score batches with a model: what Spark's ``mapInArrow`` and any other engine asks for.

    A row's score does not depend on the batch that it comes in, to the last digit.
    """
    return ArrowScorer(model)


class _Passing(Source):
    """A batch on its way: no file of it lies anywhere."""

    def record(self) -> None:
        """Leave the lineage of the run as it is."""


def _source(batch: pa.RecordBatch) -> Source:
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    part = MemoryPart(Path(WHERE), list(columns), columns, batch.num_rows)
    return _Passing(Path(WHERE), WHERE, tuple(columns), (part,))
