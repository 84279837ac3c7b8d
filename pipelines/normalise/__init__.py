"""Rows of sheets → published tables.

Belongs here: identifiers, references resolved, link tables, citations, provenance, flat tables. Does not belong here:
reading cells (``pipelines.curation``) or writing files (``pipelines.publish``).
"""
