"""The colours, the font and the names of the sheets for people of a curator's workbook, the same in every file format.

Belongs here: plain constants. Does not belong here: which cell takes which.
"""

from __future__ import annotations

GUIDE_SHEET = "Lisez-moi"
LISTS_SHEET = "Listes"

FONT = "Calibri"
BLUE = "#1F3864"
"""Headers and titles."""
REQUIRED = "#A6431C"
"""Headers of obligatory columns."""
SLATE = "#33415C"
GREY = "#6B7485"
"""Identifiers, which nobody changes."""
GRID = "#D5DCE8"
BAND = "#F4F7FB"
DIM = "#ECEEF1"
"""Rows of example."""
PALE = "#FFF9E5"
"""Notes."""
EUROS_FORMAT = "#,##0.00\\ [$€-40C]"
