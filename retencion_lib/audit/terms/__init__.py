"""The terms of the campaign: which are in force, and what others would earn."""
