"""Tests of `relatome.graph`."""
