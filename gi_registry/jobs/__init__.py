"""The timetable, and the one scheduler that keeps it.

A job is a row of data (``timetable``): its name, when it is due in Shanghai time, and the service it calls with a Work of the system.
Any number of scheduler processes may run; the leader is the one that holds the lock (``leadership``). What was done is decided by
neither the leader's memory nor its lock but by the ledger (``ledger``, table ``job_run``): a due time is claimed, worked and marked done
in one transaction, and ``(job, due_at)`` is unique. Killed before the commit, nothing was done and the due time is still open; after it,
the row says so. A leader that lost its lock without noticing cannot do a due time a second time.

Time is the installation's one clock. After a downtime, or when a demonstration moves its clock by days at once, missed due times are
caught up as the job says: the latest one stands for all before it, or each is worked, as far back as the job looks.

A job whose effect leaves the database (mail) cannot be in that transaction: it is done at least once, and what it sends carries a key by
which a repetition is known.
"""
