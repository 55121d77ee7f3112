"""Reads what happened and tells people. Never decides anything."""
