"""Tests of what stands in an object store."""
