"""Divisions: the tree of places and the calendar of working days.

**Terms.** A *division* is a place of GB/T 2260 with a level, a parent, a path (``/32/3205/320583/``), validity and a successor. A
*working day* follows the State Council's holidays and make-up days (调休).

**Invariants.** The parent is stored, never computed from the code: prefixes fail for 新疆生产建设兵团. A subtree is a prefix of the path.
A due date beyond the loaded years is computed from weekends and marked provisional; a gate asks ``WorkingDays.covers`` and refuses until
the year is loaded.

**Start reading** at ``rules.WorkingDays`` and ``rules.path_under``, then ``queries``.
"""
