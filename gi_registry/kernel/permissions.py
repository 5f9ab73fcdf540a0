"""Who may do what: one table. ``own`` = rows of one's organisation, ``region`` = rows handled in one's divisions' subtrees,
``case`` = rows one was asked to assist in, ``any`` = all rows.
"""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """How far a grant reaches."""

    OWN = "own"
    REGION = "region"
    CASE = "case"
    ANY = "any"


OWN, REGION, CASE, ANY = Scope.OWN, Scope.REGION, Scope.CASE, Scope.ANY

ROLES = (
    "consumer", "producer_operator", "producer_approver", "holder_manager", "printer", "testing_institution", "county_handler",
    "county_approver", "city_officer", "province_officer", "national_officer", "auditor", "system_admin", "security_admin", "audit_admin",
    "system",
)  # fmt: skip

_PRODUCERS = {"producer_operator": OWN, "producer_approver": OWN}
_OFFICERS = {
    "county_handler": REGION,
    "county_approver": REGION,
    "city_officer": REGION,
    "province_officer": REGION,
    "national_officer": ANY,
}
_READERS = {**_OFFICERS, "auditor": ANY, "system": ANY}

GRANTS: dict[str, dict[str, Scope]] = {
    # accounts
    "person:manage": {"security_admin": ANY, "system": ANY},
    "person:invite": {"county_handler": REGION, "security_admin": ANY, "system": ANY},
    "person:recover": {"county_handler": REGION, "security_admin": ANY, "system": ANY},
    "organisation:edit": {"county_handler": REGION, "province_officer": REGION, "national_officer": ANY, "system": ANY},
    "organisation:view": {**_PRODUCERS, **_READERS},
    # documents and notices
    "document:view": {**_PRODUCERS, **_READERS},
    "document:add": {**_PRODUCERS, **_OFFICERS, "system": ANY},
    "notice:view": {**_PRODUCERS},
    "notice:send": {**_OFFICERS, "system": ANY},
    "consent:view": _READERS,
    "consent:end": {"producer_approver": OWN, "county_handler": REGION},
    "consent:record": {"county_handler": REGION, "system": ANY},
    # register
    "gi:edit": {"province_officer": REGION, "national_officer": ANY, "system": ANY},
    "gi:view": _READERS,
    "authorisation:view": {**_PRODUCERS, **_READERS},
    "authorisation:register": {"county_handler": REGION, "province_officer": REGION, "national_officer": ANY, "system": ANY},
    "authorisation:match": {"county_handler": REGION, "province_officer": REGION, "national_officer": ANY, "system": ANY},
    "authorisation:change": {"county_approver": REGION, "province_officer": REGION, "national_officer": ANY, "system": ANY},
    "authorisation:restrict": {"county_approver": REGION, "province_officer": REGION, "system": ANY},
    "product:edit": {**_PRODUCERS, "county_handler": REGION, "province_officer": REGION, "system": ANY},
    "rows:import": {"province_officer": REGION, "national_officer": ANY, "system": ANY},
    "rows:export": {"national_officer": ANY, "auditor": ANY, "system": ANY},
    # origin, batches
    "area:propose": {"holder_manager": OWN, "province_officer": REGION, "national_officer": ANY},
    "area:approve": {"province_officer": REGION, "national_officer": ANY},
    "area:record": {"system": ANY},
    "area:view": {"holder_manager": OWN, **_READERS},
    "land:record": {"province_officer": REGION, "national_officer": ANY, "system": ANY},
    "plot:edit": {**_PRODUCERS, "county_handler": REGION, "system": ANY},
    "plot:view": {**_PRODUCERS, **_READERS},
    "plot:verify": {"county_handler": REGION},
    "cap:edit": {"province_officer": REGION, "national_officer": ANY, "system": ANY},
    "cap:propose": {"holder_manager": OWN, "province_officer": REGION, "national_officer": ANY},
    "cap:approve": {"province_officer": REGION, "national_officer": ANY},
    "cap:record": {"system": ANY},
    "capacity:declare": {**_PRODUCERS, "county_handler": REGION, "system": ANY},
    "capacity:verify": {"county_handler": REGION, "county_approver": REGION},
    "batch:declare": {**_PRODUCERS, "system": ANY},
    "batch:view": {**_PRODUCERS, **_READERS},
    "batch:recall": {"producer_approver": OWN, "county_approver": REGION, "system": ANY},
    "record:decide": {"county_approver": REGION, "system": ANY},
    "ledger:view": {**_PRODUCERS, **_READERS},
    "statement:view": {"holder_manager": OWN, **_READERS},
    "institution:edit": {"province_officer": REGION, "national_officer": ANY, "system": ANY},
    "institution:view": _READERS,
    "test:enter": {**_PRODUCERS, "system": ANY},
    "test:issue": {"testing_institution": OWN, "system": ANY},
    "test:view": {**_PRODUCERS, "testing_institution": OWN, **_READERS},
    "test:withdraw": {**_PRODUCERS, "testing_institution": OWN, "system": ANY},
    # codes
    "allotment:order": {**_PRODUCERS, "system": ANY},
    "allotment:view": {**_PRODUCERS, **_READERS},
    "print:commission": {**_PRODUCERS, "system": ANY},
    "print:work": {"printer": OWN, "system": ANY},
    "code:activate": {**_PRODUCERS, "system": ANY},
    "code:void": {**_PRODUCERS, "county_approver": REGION, "system": ANY},
    "code:hold": {"county_approver": REGION, "city_officer": REGION, "system": ANY},
    "code:disown": _PRODUCERS,
    "scan:view": {**_PRODUCERS, "holder_manager": OWN, **_READERS},
    "key:rotate": {"system_admin": ANY, "system": ANY},
    "scan:archive": {"system_admin": ANY, "system": ANY},
    # annual reports
    "report:view": {**_PRODUCERS, **_READERS},
    "report:draft": {**_PRODUCERS, "system": ANY},
    "report:file": {"producer_approver": OWN, "system": ANY},
    "report:withdraw": {"producer_approver": OWN},
    "report:check": {"county_handler": REGION},
    "report:accept": {"county_approver": REGION},
    "report:return": {"county_handler": REGION, "county_approver": REGION},
    # findings and the abnormal-use list
    "finding:run": {
        "county_handler": REGION,
        "county_approver": REGION,
        "province_officer": REGION,
        "national_officer": ANY,
        "system": ANY,
    },
    "finding:view": _READERS,
    "finding:dismiss": {"county_approver": REGION},
    "finding:open_case": {"county_handler": REGION},
    "fact:record": {"county_handler": REGION, "system": ANY},
    "case:view": {**_READERS, **_PRODUCERS},
    "case:handle": {"county_handler": REGION},
    "case:decide": {"county_approver": REGION, "city_officer": REGION},
    "case:decide_serious": {"city_officer": REGION},
    "case:defend": {"producer_approver": OWN},
    "case:rectify": _PRODUCERS,
    "case:clock": {"system": ANY},
    # leads
    "lead:state": {**_PRODUCERS, "holder_manager": OWN},
    "lead:view": _READERS,
    "lead:handle": {**_OFFICERS},
    # desk and log
    "desk:view": {**_OFFICERS, "auditor": ANY},
    "log:audit": {"auditor": ANY, "audit_admin": ANY, "national_officer": ANY, "system": ANY},
}


def scopes(permission: str, roles: frozenset[str]) -> frozenset[Scope]:
    """Return how far ``roles`` may use ``permission``; empty means not at all. Raises KeyError for an unknown permission."""
    grants = GRANTS[permission]
    return frozenset(grants[role] for role in roles if role in grants)
