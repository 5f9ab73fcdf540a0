"""Flask plumbing: who may enter (access), one commit per request (work), forms, pages, errors, headers, languages.

A route declares its access, reads its input with ``read_form``, makes one service call, and answers with ``page`` or
``redirect_with``. Nothing here knows a feature; ``create_app`` registers the loader that turns a session into an Actor.
"""
