"""Mentions to identified entities."""
