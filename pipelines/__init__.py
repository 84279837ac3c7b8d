"""From sheets typed by hand to a release of open data.

The rooms, in the order in which data flows: ``sheets``, ``curation``, ``normalise``, ``publish``; ``orchestration``,
``definitions`` and ``cli`` are thin layers above them. Outside ``orchestration`` and ``definitions`` nothing imports
dagster.
"""
