"""Reads of verification: ``codes`` over the driver's connections, ``firms`` over a session."""
