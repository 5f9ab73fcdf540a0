"""Pure rules: one file per derived ground."""
