"""Messages written in the transaction, sent after it.

A service that must tell someone something outside (e-mail, later SMS) calls ``enqueue``: the message becomes a row in the same
transaction, so it exists exactly when the fact it reports exists. The job ``outbox.send`` sends what is due and remembers the
result. A message is sent at least once: a crash between sending and remembering repeats it, never loses it.

Channels are ``email`` (SMTP, on when ``GI_SMTP_URL`` is set) and ``sms`` (a gateway that takes JSON, on when ``GI_SMS_URL`` is set; see
``gateway``). Failures wait one minute, then twice as long each time, eight tries in all; what the gateway will never take is given up at
once, and so is a text message where no gateway is configured: the inbox has it anyway. No log line and no stored error holds a number.
Start reading at ``service.enqueue``.
"""
