"""Use cases of accounts."""

from __future__ import annotations

from gi_registry.accounts.service.organisations import add_organisation, edit_organisation
from gi_registry.accounts.service.people import (
    add_person,
    end_role,
    end_sessions_of,
    give_role,
    grant_role,
    set_active,
    set_password,
)
from gi_registry.accounts.service.sessions import acts_as_approver, actor_of, end_sessions, sign_out
from gi_registry.accounts.service.signing_in import check_sign_in, check_tries, note_failure

__all__ = [
    "actor_of",
    "acts_as_approver",
    "add_organisation",
    "add_person",
    "check_sign_in",
    "check_tries",
    "edit_organisation",
    "end_role",
    "end_sessions",
    "end_sessions_of",
    "give_role",
    "grant_role",
    "note_failure",
    "set_active",
    "set_password",
    "sign_out",
]
