"""A release taken to a portal that runs udata (data.gouv.fr), and what the portal serves compared with a release.

Belongs here: what a release wants of a portal, what the portal has, the plan between the two, carrying it out, looking
back. Does not belong here: making releases (``publish``), the command line, Dagster.
"""
