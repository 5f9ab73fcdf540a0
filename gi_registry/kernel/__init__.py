"""Vocabulary without dependencies: errors, life cycles, actors, permissions, verdicts, quantities, clock, identifiers."""
