"""Ready-made facts for tests: one module per feature, plain functions ``make_x(work, **differs)`` that return the row."""
