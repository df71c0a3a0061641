"""Figures, one module a notebook. Each draws one table on one `ax`; its words say the same."""
