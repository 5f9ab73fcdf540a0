"""Use cases of accounts."""

from __future__ import annotations

from gi_registry.accounts.service.factors import (
    begin_enrolment,
    check_factor,
    confirm_enrolment,
    enrolment_of,
    has_factor,
    needs_factor,
    renew_recovery_codes,
    reset_factor_of,
)
from gi_registry.accounts.service.invitations import (
    Issued,
    add_invitee,
    invite,
    letter_limits,
    note_wrong_code,
    open_letter_with,
    person_scope,
    recover,
    redeem,
    void_letter,
)
from gi_registry.accounts.service.organisations import add_organisation, edit_organisation
from gi_registry.accounts.service.people import add_person, end_role, end_sessions_of, give_role, grant_role, set_active, set_password
from gi_registry.accounts.service.profile import change_contact, change_language, change_password, oneself, sign_out_everywhere
from gi_registry.accounts.service.sessions import (
    actor_of,
    acts_as_approver,
    begin_session,
    end_session,
    end_sessions,
    sign_out,
)
from gi_registry.accounts.service.signing_in import check_sign_in, check_tries, note_failure

__all__ = [
    "Issued",
    "actor_of",
    "acts_as_approver",
    "add_invitee",
    "add_organisation",
    "add_person",
    "begin_enrolment",
    "begin_session",
    "change_contact",
    "change_language",
    "change_password",
    "check_factor",
    "check_sign_in",
    "check_tries",
    "confirm_enrolment",
    "edit_organisation",
    "end_role",
    "end_session",
    "end_sessions",
    "end_sessions_of",
    "enrolment_of",
    "give_role",
    "grant_role",
    "has_factor",
    "invite",
    "letter_limits",
    "needs_factor",
    "note_failure",
    "note_wrong_code",
    "oneself",
    "open_letter_with",
    "person_scope",
    "recover",
    "redeem",
    "renew_recovery_codes",
    "reset_factor_of",
    "set_active",
    "set_password",
    "sign_out",
    "sign_out_everywhere",
    "void_letter",
]
