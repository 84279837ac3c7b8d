"""Verification of a release from its own files."""
