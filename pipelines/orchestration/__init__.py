"""Dagster: assets, checks, jobs, schedules, resources. Thin layers above the rooms, which never import dagster.

The graph reads from sheets to release: groups ``feuilles`` and ``referentiels`` (what people type), ``tables`` and
``a_plat`` (what is published), ``publication`` (files and release).
"""
