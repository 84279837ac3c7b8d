"""The version of the published model: what tables, columns, codes and keys are called and mean.

Belongs here: that one number, and when it moves. Does not belong here: the version of a release, which is its date.

Semantic versioning (semver.org), from the reuser's side. Major: a script that worked may break (a table, column or code
removed or renamed, a type or key changed, an identifier dropped without a redirect). Minor: something was added. Patch:
words only (titles, descriptions, examples). A release that breaks without a higher major number is refused.
"""

from __future__ import annotations

MODEL_VERSION = "1.0.0"
