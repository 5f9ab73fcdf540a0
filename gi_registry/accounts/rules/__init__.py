"""Law of accounts: roles, passwords, throttling, one-time codes on letters, second factors."""

from __future__ import annotations

from gi_registry.accounts.rules.people import (
    GIVEN,
    LEAST_PASSWORD,
    ORGANISATION_KINDS,
    ORGANISED,
    PERSON_STATES,
    REGIONAL,
    ROLE_LABELS,
    TRIES_PER_CLIENT,
    TRIES_PER_LOGIN,
    WINDOW,
    Attempts,
    PeopleFilter,
    agent_name,
    approves_alone,
    check_password,
    check_reach,
    may_try,
)

__all__ = [
    "GIVEN",
    "LEAST_PASSWORD",
    "ORGANISATION_KINDS",
    "ORGANISED",
    "PERSON_STATES",
    "REGIONAL",
    "ROLE_LABELS",
    "TRIES_PER_CLIENT",
    "TRIES_PER_LOGIN",
    "WINDOW",
    "Attempts",
    "PeopleFilter",
    "agent_name",
    "approves_alone",
    "check_password",
    "check_reach",
    "may_try",
]
