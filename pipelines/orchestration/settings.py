"""What is wrong with a variable of the environment that decides how the project is loaded.

Belongs here: that one exception, and the variables of other rooms that are looked at before anything runs. Does not
belong here: the others, which stand where they serve.
"""

from __future__ import annotations

from pipelines.sheets.limits import LimitsError, limits


class SettingError(ValueError):
    """A variable says what nobody understands; the reason is in French, for the administrator."""


def check_limits() -> None:
    """Refuses a limit that the sheets would be read under and that is none.

    Raises:
        SettingError: see `pipelines.sheets.limits.limits`.
    """
    try:
        limits()
    except LimitsError as error:
        raise SettingError(str(error)) from error
