"""What is asked of a batch beside the reference, and what is answered: shared by 04 and 05."""
