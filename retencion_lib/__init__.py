"""Retención: predict which customers will leave, decide whom to call, keep the evidence."""

__version__ = "0.1.0"
