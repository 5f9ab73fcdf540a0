"""Messages written in the transaction, sent after it.

A service that must tell someone something outside (e-mail, later SMS) calls ``enqueue``: the message becomes a row in the same
transaction, so it exists exactly when the fact it reports exists. The job ``outbox.send`` sends what is due and remembers the
result. A message is sent at least once: a crash between sending and remembering repeats it, never loses it.

Channels are ``email`` (SMTP, on when ``GI_SMTP_URL`` is set) and ``sms`` (a slot: without a gateway the message waits as
``unsendable`` after its tries). Start reading at ``service.enqueue``.
"""
