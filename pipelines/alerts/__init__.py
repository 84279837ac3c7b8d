"""Alerts: who is told, and how, when something asks for a person.

Belongs here: the settings of the channels, the words of a message, its sending. Does not belong here: when there is
something to tell (``orchestration.alerts``); nothing here knows Dagster.
"""
