"""The download site: releases as pages that anyone can read, and their files, as plain files under ``outputs/site``.

Belongs here: what the site shows, how it looks, how it is put in place. Does not belong here: what a release holds
(``publish``), serving the files.
"""
