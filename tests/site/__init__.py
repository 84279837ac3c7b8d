"""Tests of the download site."""
