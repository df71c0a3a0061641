"""Formulas without files, clock or prose."""
