"""File → rows with their addresses (XLSX, ODS, CSV), and the workbook back.

Belongs here: reading cells as they stand, finding headers, writing workbooks for people. Does not belong here: what a
cell means (``pipelines.curation``).
"""
