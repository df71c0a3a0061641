"""What an event's identity is made of does not change with how fast it is put together."""

import numpy as np
import pandas as pd

from retencion_lib.stages.infer.report import row_texts


def test_a_row_is_written_as_the_tuple_of_its_values():
    table = pd.DataFrame(
        {"id": ["a", "it's", 'say "x"'], "age": [1.0, np.nan, 1e-7], "plan": ["ñ", None, "x\ny"]}
    ).astype({"id": object, "plan": object})
    table["plan"] = table["plan"].where(table["plan"].notna(), None)
    assert row_texts(table) == [repr(row) for row in table.itertuples(index=False, name=None)]
    alone = table[["age"]]
    assert row_texts(alone) == [repr(row) for row in alone.itertuples(index=False, name=None)]
