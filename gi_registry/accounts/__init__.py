"""Organisations, people, roles and sign-in.

An organisation is a firm, a farm, an association or an authority. A person signs in with a login and a password (argon2id) and
holds roles; an office role is held for a division and reaches its subtree. ``service.actor_of`` turns a person into the Actor that
every Work carries. Failed sign-ins are counted in the database, so the throttle holds over processes and restarts. Moving a
person's ``epoch`` ends all their sessions.
"""
