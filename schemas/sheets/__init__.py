"""One module per source sheet, each holding ``SHEET``."""
