"""Tests of what goes to a portal."""
