"""Performance of a batch: expected before the outcomes, measured with them, and the campaign's."""
