"""create_app: configuration, plumbing, blueprints, error handlers. A list."""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask_wtf import CSRFProtect

from gi_registry.accounts.organisation_routes import bp as organisations
from gi_registry.accounts.people_routes import bp as people
from gi_registry.accounts.profile_routes import bp as profile
from gi_registry.accounts.routes import bp as accounts
from gi_registry.accounts.routes import register_sign_in
from gi_registry.anomalies.routes import bp as anomalies
from gi_registry.assets import asset_dir
from gi_registry.batches.routes import bp as batches
from gi_registry.codes.printing_routes import bp as printing
from gi_registry.codes.routes import bp as codes
from gi_registry.config import Settings, read_settings
from gi_registry.db import Database
from gi_registry.desk.plots import standing_on
from gi_registry.desk.routes import bp as desk
from gi_registry.desk.tasks import task_states
from gi_registry.documents.routes import bp as documents
from gi_registry.listings.routes import bp as listings
from gi_registry.notices.letter_routes import bp as letters
from gi_registry.notices.routes import bp as notices
from gi_registry.opendata.import_routes import bp as imports
from gi_registry.opendata.log_routes import bp as log
from gi_registry.opendata.routes import bp as opendata
from gi_registry.origin.routes import bp as origin
from gi_registry.registry.extract_routes import bp as extracts
from gi_registry.registry.restriction_routes import bp as restrictions
from gi_registry.registry.routes import bp as registry
from gi_registry.reports.routes import bp as reports
from gi_registry.scans.routes import bp as scans
from gi_registry.supervision.routes import bp as supervision
from gi_registry.supervision.routes import register_doubts
from gi_registry.verify.exchange import TracePage
from gi_registry.verify.routes import bp as verify
from gi_registry.verify.wsgi import wrap
from gi_registry.web import access, errors, headers, languages, metrics, navigation, pages, repeats, sorting
from gi_registry.web.arguments import RowConverter
from gi_registry.web.work import RegistryFlask, close_work

BLUEPRINTS = (
    verify,
    accounts,
    batches,
    anomalies,
    codes,
    desk,
    documents,
    extracts,
    imports,
    opendata,
    organisations,
    people,
    profile,
    letters,
    printing,
    registry,
    restrictions,
    reports,
    scans,
    supervision,
    listings,
    log,
    notices,
    origin,
)


def create_app(settings: Settings | None = None, database: Database | None = None) -> RegistryFlask:
    """Return the Flask application; ``settings`` default to the environment."""
    settings = settings or read_settings()
    app = RegistryFlask(__name__, template_folder=str(asset_dir("templates")), static_folder="static")
    app.config.update(
        SECRET_KEY=settings.secret_key or secrets.token_hex(32),
        MAX_CONTENT_LENGTH=settings.upload_bytes,
        PERMANENT_SESSION_LIFETIME=timedelta(minutes=settings.session_minutes),
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_NAME="gi_session",
        WTF_CSRF_TIME_LIMIT=None,  # the session's own timeout ends the token's life
        WTF_CSRF_SSL_STRICT=False,  # SameSite and the token carry the defence; proxies strip referrers
    )
    app.extensions["gi_settings"] = settings
    app.extensions["gi_task_states"] = task_states  # the register's task list shows what stands above it
    app.extensions["gi_standing"] = standing_on  # the page of a plot asks before it is retired
    app.extensions["gi_database"] = database or Database(settings.database_url)
    app.url_map.converters["int"] = RowConverter
    CSRFProtect(app)
    register_sign_in(app)
    languages.register_languages(app)
    pages.register_pages(app)
    sorting.register_sorting(app)
    navigation.register_navigation(app)
    metrics.register_metrics(app)
    repeats.register_repeats(app)
    errors.register_errors(app)
    app.before_request(access.enforce)
    app.after_request(pages.private)
    app.after_request(headers.secure)
    app.teardown_request(close_work)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    register_doubts(app)
    app.extensions["gi_inner"], app.extensions["gi_trace"] = app.wsgi_app, TracePage(settings)
    app.wsgi_app = wrap(app.wsgi_app, app.extensions["gi_trace"])  # type: ignore[assignment,method-assign]  # the documented way
    return app
