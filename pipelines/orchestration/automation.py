"""Whether schedules and sensors are at work once the project is loaded: ``CONTRATS_AUTOMATISMES``.

Belongs here: that one setting. Does not belong here: any schedule or sensor. What the publisher turns on or off in the
UI has the last word.
"""

from __future__ import annotations

import os

import dagster as dg

from pipelines.settings import SettingError

VARIABLE = "CONTRATS_AUTOMATISMES"
ON, OFF = "actifs", "arretes"


def active() -> bool:
    """Whether they start by themselves; by default they wait for the publisher to turn them on.

    Raises:
        SettingError: the variable says something else; the message is for the administrator.
    """
    said = os.environ.get(VARIABLE, "") or OFF
    if said not in (ON, OFF):
        raise SettingError(f"{VARIABLE} vaut « {said} » : « {ON} » ou « {OFF} » est attendu.")
    return said == ON


def schedule_status() -> dg.DefaultScheduleStatus:
    """The status of a schedule that nobody turned on or off."""
    return dg.DefaultScheduleStatus.RUNNING if active() else dg.DefaultScheduleStatus.STOPPED


def sensor_status() -> dg.DefaultSensorStatus:
    """The status of a sensor that nobody turned on or off."""
    return dg.DefaultSensorStatus.RUNNING if active() else dg.DefaultSensorStatus.STOPPED
