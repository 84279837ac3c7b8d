"""The files of a release that describe the whole: catalogue, Croissant, JSON-LD, quality, archive."""
