"""Published tables → the files of a release.

Belongs here: rendering finished tables (CSV, Parquet, XLSX, Table Schema, Data Package, dictionary) and making a
release visible in one move. Does not belong here: what a row says (``pipelines.normalise``), Dagster, the command
line, the portal.
"""
