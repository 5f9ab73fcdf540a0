"""Policy: deadlines, grounds, thresholds and effects as versioned parameters per jurisdiction.

**What it is for.** No national form, deadline or ground for users of the mark was published. So each such figure is a parameter with a
key, a place (empty: everywhere), a date from which it holds, the document it rests on, and why. Nothing of the kind is a constant in code.

**Terms.** A *key* names a figure (``report.window``); a *version* names one value of it (``99@2000-01-01``: in division 99 from that day).

**Invariants.** A value is never changed: a later one follows it. ``service.at`` takes the date of the legal event, not today; the row
that it decides stores the version, and a running clock keeps the one it started under. The nearest place with a value in force wins,
then the latest date. An effect that restricts a right carries its basis; without one there is only more frequent sampling.

**Start reading** at ``rules.choose``, then ``defaults.DEFAULTS``; the table for people is docs/policy.md.
"""
