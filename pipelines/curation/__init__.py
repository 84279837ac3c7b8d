"""Text → typed values, checks, issues, quarantine.

Belongs here: what a cell means, what is wrong with it and how to mend it. Does not belong here: how rows of sheets
become published tables (``pipelines.normalise``).
"""
