"""Origin: where goods may come from, and where a producer's ground lies.

Terms. An *area version* (产地范围版本) is the area of a GI, or of one zone of it, in force over a half-open period
[valid_from, valid_to) of Shanghai dates: outline, text as announced, list of places. A *plot* (地块) is ground a legal user works.
A *verdict* says inside, uncertain or outside, against the version in force **on the day of harvest**, with a distance and a tolerance
in metres; between two versions nothing is in force and the verdict is uncertain, reason ``no-version``.

Invariants. Two versions of one zone never share a day. Every geometry is a valid MultiPolygon in CGCS2000 longitude/latitude.
Areas are geodesic, distances are metres in a local projection, never degrees. A plot is stored as stated wherever it lies: an act
is refused, a record is not. Plots are never public. Doubt (uncertain) counts for the producer; only *outside* does not.

Start reading at ``rules/verdict.py``, then ``service.judge``.
"""
