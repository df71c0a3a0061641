"""One folder a notebook, named as its order."""
