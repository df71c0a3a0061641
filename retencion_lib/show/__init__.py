"""Tables, figures and pages for a reader."""
