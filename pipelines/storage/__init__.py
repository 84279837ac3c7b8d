"""Storage: sheets and releases in an object store, with a folder of this machine in front of it.

Everything is read, built, compared and verified in plain folders; this room brings there what a store holds, and takes
to the store what was made. It knows stores through fsspec and the form of a release, and nothing of Dagster.
"""
