"""The inbox, and proof of service (送达).

A **notice** tells an organisation something; it lies in its inbox until someone of the organisation marks it read. Opening the page
writes nothing; the button does.

A **service record** (送达记录) is the legal fact that a document reached its party: document, party, method, date sent, date served and
the proof. Four methods: electronic, post, personal, public notice. The procedure above asks one question only, ``served_on``.

- Electronic service counts only where the party's signed confirmation (电子送达确认书) is on file, recorded by the county with its
  scan (``service.file_consent``); the date served is the day the party marks the notice read.
- Post and personal delivery count when the return receipt is stored with its date.
- A public notice (公告送达) states the party, the name of the document and where to collect it, never the alleged facts. It counts when
  its period is over (policy ``notices.public-notice-days``, 30 days).

Start reading at ``rules.py``, then ``service.serve``.
"""
