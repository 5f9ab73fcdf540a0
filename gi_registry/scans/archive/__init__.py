"""The archive of scans: a Parquet file for each Shanghai day, and what is computed over it a day at a time.

**For whom**: the nightly job and ``scans archive`` write; anomalies read what was counted (``watch``); an auditor reads the files with
any tool that reads Parquet.

**Terms**
- *day file*: ``day=YYYY-MM-DD/scans.parquet``, sorted by range, serial and moment (``files``). Its row in ``scan_day`` is covered by the
  log with the SHA-256 of the file: a look-up that is added or taken away later is noticed.
- *engine*: what runs the expressions (``engine``): DuckDB inside this process, or a Spark cluster. The expressions (``expressions``) are
  the same objects.
- *peak*: the busiest hours of a code that met the counting test, kept in ``scan_peak`` after its scans are gone.

**Invariants**: a day is archived after it ended, once; rows leave the database only when the file that holds them was read again and its
digest agrees with the log.

**Start reading**: ``keeping.archive_days``, ``watching.watch_days``.
"""
