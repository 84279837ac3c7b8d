"""What is wrong with a variable of the environment.

Belongs here: that one exception. Does not belong here: the variables, which stand where they serve.
"""

from __future__ import annotations


class SettingError(ValueError):
    """A variable says what nobody understands; the reason is in French, for the administrator."""
