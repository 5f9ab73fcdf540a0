"""Counts for the operator: requests by endpoint and status, never by person, address or code."""

from __future__ import annotations

from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, generate_latest
from sqlalchemy import column, func, select, table
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

REQUESTS = Counter("gi_requests", "Answered requests", ["endpoint", "status"])
JOB_SUCCESS = Gauge("gi_job_last_success_timestamp_seconds", "When a job of the scheduler last ended well, Unix time", ["job"])

# The ledger of jobs belongs to the scheduler above; a gauge needs two of its columns and nothing else.
_run = table("job_run", column("job"), column("done_at", UTCDateTime()), column("attempts"))
_LAST_SUCCESSES = select(_run.c.job, func.max(_run.c.done_at)).where(_run.c.done_at.is_not(None), _run.c.attempts > 0).group_by(_run.c.job)


def count(response: Response) -> Response:
    """Count an answer."""
    REQUESTS.labels(request.endpoint or "none", str(response.status_code)).inc()
    return response


def exposition(session: Session) -> Response:
    """Return every metric in the text format of Prometheus: this process's counts, and the scheduler's last successes."""
    for job, at in session.execute(_LAST_SUCCESSES):
        JOB_SUCCESS.labels(job).set(at.timestamp())
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def register_metrics(app: Flask) -> None:
    """Count every answer of this application."""
    app.after_request(count)
