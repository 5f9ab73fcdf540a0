"""The benchmarks: one module per name, each with ``run() -> list[Figure]``; ``frame`` prints and writes the ratios.

They measure, they do not judge: nothing here is a test. ``mint`` is ``mint.py``; a dash in a name is an underscore in the file.
"""
