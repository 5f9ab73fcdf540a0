"""One frozen Settings, read from the environment once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

PREFIX = "GI_"


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set; each field is the variable ``GI_<NAME>``.

    database_url: SQLAlchemy address; default the embedded database under ``var/``.
    secret_key: signs sessions and seals keys; required outside a demonstration.
    public_url: where the public reaches this installation; printed into every QR code.
    mark_file: the operator's drawing of the special mark (SVG, PNG or PDF); empty shows a sample frame.
    trusted_proxies: how many proxies in front may set X-Forwarded-For.
    smtp_url: ``smtp://user:password@host:port``; empty keeps e-mail off.
    sms_url: where text messages are posted as JSON (``to``, ``text``, ``id``); empty keeps SMS off.
    sms_token: sent to it as ``Authorization: Bearer …``.
    place_table: CSV of address ranges and divisions for coarse scan places; empty counts clients only.
    durable_scans: a look-up is answered only when it would survive a power failure too; without it, any killed process.
    trace_cache_seconds: how long the trace page may answer without asking the log what another process changed; 0 keeps nothing.
    scan_archive: folder of the day files of scans; default ``scans`` beside the embedded database, else ``var/scans``.
    engine: what counts over them: ``duckdb`` in this process, or a cluster at ``spark://host:port`` that sees the same folder.
    base_map_url: tiles behind the map editor of plots, with {x}, {y}, {z}; empty draws no base map. Only this host is let into pages.
    base_map_number: the map review number (审图号) of that base map, shown beside it.
    session_minutes: idle time after which a signed-in person must sign in again.
    upload_bytes: largest accepted request body.
    secure_cookies: send cookies over TLS only; switched off for plain-HTTP loopback.
    demo_now: ISO moment at which the clock of a demonstration database starts; refused elsewhere.
    """

    database_url: str = ""
    secret_key: str = ""
    public_url: str = "http://127.0.0.1:8000"
    mark_file: str = ""
    trusted_proxies: int = 0
    smtp_url: str = ""
    sms_url: str = ""
    sms_token: str = ""
    place_table: str = ""
    durable_scans: bool = False
    trace_cache_seconds: float = 0.5
    scan_archive: str = ""
    engine: str = "duckdb"
    base_map_url: str = ""
    base_map_number: str = ""
    session_minutes: int = 30
    upload_bytes: int = 32 * 1024 * 1024
    secure_cookies: bool = True
    demo_now: str = ""


def default_database_url() -> str:
    """Return the address of the embedded database under ``var/`` of the working directory."""
    return f"sqlite:///{Path('var/gi_registry.sqlite3').resolve()}"


def archive_folder(settings: Settings) -> Path:
    """Return the folder of the day files of scans."""
    if settings.scan_archive:
        return Path(settings.scan_archive)
    file = settings.database_url.removeprefix("sqlite:///")
    return (Path(file).parent if file != settings.database_url else Path("var")).resolve() / "scans"


def read_settings(environment: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Return Settings from ``GI_*`` variables; ``overrides`` win. Raises ValueError naming the variable that cannot be read."""
    env = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for item in fields(Settings):
        raw = env.get(PREFIX + item.name.upper())
        if raw is not None:
            values[item.name] = _typed(item.name, raw)
    values.update(overrides)
    values["database_url"] = values.get("database_url") or default_database_url()
    url = str(values["database_url"])
    if url.startswith("postgresql://"):
        values["database_url"] = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    return Settings(**values)  # type: ignore[arg-type]  # each value was typed by _typed


def _typed(name: str, raw: str) -> object:
    default = getattr(Settings, name)
    if isinstance(default, bool):
        return raw.strip().lower() in {"1", "true", "yes", "on"}
    if isinstance(default, int):
        try:
            return int(raw)
        except ValueError:
            raise ValueError(f"{PREFIX}{name.upper()} must be a whole number, not {raw!r}") from None
    if isinstance(default, float):
        try:
            return float(raw)
        except ValueError:
            raise ValueError(f"{PREFIX}{name.upper()} must be a number, not {raw!r}") from None
    return raw
