"""Sources of any size, made up yet accepted as they are, to measure the program and to check it at scale.

Belongs here: making such a folder. Does not belong here: reading one (``pipelines``), any declaration (``schemas``).
"""
