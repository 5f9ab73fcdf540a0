"""Counts for the operator: requests by endpoint and status, never by person, address or code."""

from __future__ import annotations

from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, generate_latest

REQUESTS = Counter("gi_requests", "Answered requests", ["endpoint", "status"])


def count(response: Response) -> Response:
    """Count an answer."""
    REQUESTS.labels(request.endpoint or "none", str(response.status_code)).inc()
    return response


def exposition() -> Response:
    """Return every metric of this process in the text format of Prometheus."""
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def register_metrics(app: Flask) -> None:
    """Count every answer of this application."""
    app.after_request(count)
