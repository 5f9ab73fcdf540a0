"""Bulk: files in and out. CSV (UTF-8 with or without BOM, GBK, GB18030), workbooks (XLSX, ODS, XLS) and GeoJSON, one kind of rows per file.

**Terms.** A *kind* is a table of rows with named columns; each feature lists its kinds in its ``bulk.py``. A *mapping* reads the headers
of someone else's file. A *row error* names row, column, value, reason and remedy.

**Invariants.** All rows or none, unless the good ones are asked for; each row goes through the same schema and service as a form; one leaf
of the log covers a file; a file that was exported changes nothing when it comes back; a cell that a spreadsheet would run as a formula is
neutralised on the way out. An encoding is detected only where the answer is certain: a file that mixes two is refused.
A workbook is opened by ``child``, a process of its own with little memory, little time and no files; what is no data is named in a warning.

**Start reading** at ``rules.kinds.Kind``, then ``service.load``; for people docs/import.md.
"""
