"""Checks of the settings alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from gi_registry.config import Settings
from gi_registry.doctor.report import Problem
from gi_registry.kernel.words import say
from gi_registry.web.headers import base_map_host

SHORTEST_SECRET = 32
FEWEST_LETTERS = 8  # different ones in a secret: less is typed or copied from an example, not drawn
LONGEST_HOST = 30  # of the printed address: QR version 3 at level M holds no more
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SESSION_MINUTES = range(5, 8 * 60 + 1)
LEAST_UPLOAD = 1024 * 1024
GATEWAYS = {"smtp": 25, "smtps": 465, "http": 80, "https": 443}
PATIENCE_S = 5.0


def secret_key(settings: Settings) -> Iterator[Problem]:
    """A key that is missing, short or no random text."""
    if len(settings.secret_key) >= SHORTEST_SECRET and len(set(settings.secret_key)) >= FEWEST_LETTERS:
        return
    yield Problem(
        "secret-key",
        say("GI_SECRET_KEY 未设置、不足 %(least)s 个字符或不是随机字符串。", least=SHORTEST_SECRET),
        say("请设置一个随机长字符串，例如：export GI_SECRET_KEY=$(openssl rand -hex 32)，并妥善备份。"),
    )


def public_url(settings: Settings, *, demo: bool) -> Iterator[Problem]:
    """An address that cannot be printed for ever."""
    address = urlsplit(settings.public_url)
    if address.hostname in LOOPBACK:
        if not demo:
            yield Problem(
                "public-url",
                say("GI_PUBLIC_URL（%(url)s）仍是本机地址，印在标签上公众无法打开。", url=settings.public_url),
                say("请改为公众能访问的 https 域名；印到标签上的地址不能再改。"),
            )
    elif address.scheme != "https":
        yield Problem(
            "public-url",
            say("GI_PUBLIC_URL（%(url)s）不是 https 地址。", url=settings.public_url),
            say("印到标签上的地址不能再改，请改用 https 域名。"),
        )
    if len(address.netloc) > LONGEST_HOST:
        yield Problem(
            "public-url",
            say("GI_PUBLIC_URL 的域名长于 %(most)s 个字符，二维码容纳不下。", most=LONGEST_HOST),
            say("请使用更短的域名。"),
        )


def base_map(settings: Settings) -> Iterator[Problem]:
    """A base map that cannot be drawn, or one without the review number that maps need (domain, section 8)."""
    if not settings.base_map_url:
        return
    if not base_map_host(settings.base_map_url).startswith("https://"):
        yield Problem(
            "base-map",
            say("GI_BASE_MAP_URL（%(url)s）不是带 {x}、{y}、{z} 的 https 地址，地块的图上不会有底图。", url=settings.base_map_url),
            say("请按图商的说明填写瓦片地址，例如 https://域名/{z}/{x}/{y}.png。"),
        )
    if not settings.base_map_number:
        yield Problem(
            "base-map",
            say("设置了底图，没有填写审图号（GI_BASE_MAP_NUMBER）。"),
            say("请填写底图的审图号；没有审图号的地图不能使用。"),
        )


def cookies(settings: Settings) -> Iterator[Problem]:
    """Cookies of a public address that would be sent in the clear."""
    if urlsplit(settings.public_url).hostname not in LOOPBACK and not settings.secure_cookies:
        yield Problem(
            "secure-cookies",
            say("GI_SECURE_COOKIES 已关闭，登录凭据可能以明文传送。"),
            say("请删除该变量；只有在本机用 http 试用时才可关闭。"),
        )


def amounts(settings: Settings) -> Iterator[Problem]:
    """Times and sizes that nobody can work with."""
    if settings.session_minutes not in SESSION_MINUTES:
        yield Problem(
            "session-minutes",
            say("GI_SESSION_MINUTES 为 %(minutes)s 分钟。", minutes=settings.session_minutes),
            say("请设为 %(least)s 至 %(most)s 分钟：过短无法填报，过长则无人看管的屏幕一直保持登录。", least=5, most=480),
            warning=True,
        )
    if settings.upload_bytes < LEAST_UPLOAD:
        yield Problem(
            "upload-bytes",
            say("GI_UPLOAD_BYTES 只有 %(bytes)s 字节，扫描件和导入文件无法上传。", bytes=settings.upload_bytes),
            say("请至少设为 %(least)s。", least=LEAST_UPLOAD),
            warning=True,
        )


def gateways(settings: Settings) -> Iterator[Problem]:
    """Gateways of e-mail and of short messages that do not answer."""
    for name, url in (("GI_SMTP_URL", settings.smtp_url), ("GI_SMS_URL", settings.sms_url)):
        why = _unreachable(url) if url else ""
        if why:
            yield Problem(
                "gateway",
                say("%(name)s 指向的服务无法连接：%(why)s", name=name, why=why),
                say("请核对地址和端口，并确认本机可以访问；待发的消息会保留并重试。"),
            )


def _unreachable(url: str) -> str:
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or GATEWAYS.get(parts.scheme, 0)), timeout=PATIENCE_S):
            return ""
    except (OSError, ValueError) as problem:
        return str(problem)
