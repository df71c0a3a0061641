"""The call list as a document: its columns, how people read them, and what is filled in."""

RANK, OFFER, RESULT, NOTE = "rank", "offer", "call_result", "call_note"
N_REASONS = 3
REASONS = tuple(f"reason_{i + 1}" for i in range(N_REASONS))
# What may stand in `RESULT`; 05 counts them.
ACCEPTS, DECLINES, NO_ANSWER = RESULTS = ("acepta", "rechaza", "no contesta")
COLUMNS = (RANK, "score", "decile", "expected_profit", *REASONS, OFFER, RESULT, NOTE)
HEADINGS = {
    RANK: "Orden", "score": "Puntuación", "decile": "Decil",
    "expected_profit": "Beneficio esperado (EUR)", OFFER: "Qué ofrecer",
    RESULT: "Resultado de la llamada", NOTE: "Nota de la llamada",
    **{name: f"Razón {i}" for i, name in enumerate(REASONS, 1)},
}  # fmt: skip
CHOICES = {RESULT: RESULTS, HEADINGS[RESULT]: RESULTS}  # by either name of its column
