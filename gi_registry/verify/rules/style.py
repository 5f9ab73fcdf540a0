"""The look of the trace page: one inline sheet (allowed by its hash) and the icons. No script, no font, no other request."""

from __future__ import annotations

import base64
import hashlib

CSS = (
    "*{box-sizing:border-box}html.large{font-size:137.5%}"
    "body{margin:0;background:#f5f6f4;color:#1d2b26;font:1rem/1.6 system-ui,'PingFang SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif;"
    "-webkit-text-size-adjust:100%;overflow-wrap:anywhere}"
    "header{background:#0f5c46;color:#fff;padding:8px 16px;font-size:.875rem}"
    "header a{color:#fff;float:right;margin-left:12px}header a.home{float:none;margin:0;text-decoration:none}"
    "header p,main,footer{max-width:640px;margin:0 auto}"
    "main{padding:12px 16px 0}"
    "section,.v{background:#fff;border-radius:8px;padding:12px 16px;margin:0 0 12px}"
    ".v{border-left:8px solid;padding:16px}"
    ".v h1{display:flex;align-items:center;gap:12px;margin:0;font-size:1.75rem;line-height:1.25}"
    ".v svg{flex:none}"
    ".v p{margin:8px 0 0}"
    ".lead{color:#1d2b26;font-size:1.0625rem}"
    ".next{color:#1d2b26;background:#f5f6f4;border-radius:6px;padding:8px 12px}"
    ".small{color:#51605a;font-size:.875rem}"
    "section p{margin:4px 0}.small{margin:0}.sum{font-size:1.0625rem}"
    ".code{color:#51605a;font:.9375rem/1.5 ui-monospace,Consolas,monospace}"
    ".ok{border-color:#17743c;color:#17743c}.info{border-color:#1f5fa8;color:#1f5fa8}"
    ".wait{border-color:#8a5a00;color:#8a5a00}.bad{border-color:#b3261e;color:#b3261e}"
    "h2{font-size:1.125rem;line-height:1.4;margin:0 0 4px}"
    "h2.big{font-size:1.375rem}"
    "dl{margin:0}dl div{display:flex;gap:8px;padding:6px 0;border-top:1px solid #e6e9e5}dl div:first-child{border:0}"
    "dt{flex:none;width:6.8em;color:#51605a;hyphens:auto}dd{margin:0;flex:1;font-variant-numeric:tabular-nums}"
    "ul,ol{margin:0;padding-left:1.2em}"
    ".mark{display:flex;gap:12px;align-items:center;margin:8px 0}"
    ".mark img,.slot{flex:none;width:6.5rem;height:6.5rem}"
    ".slot{border:2px dashed #75857e;border-radius:50%;display:flex;align-items:center;justify-content:center;text-align:center;"
    "font-size:.75rem;line-height:1.35;color:#51605a;padding:8px}"
    ".o{max-height:160px}.o path{fill:#d9e6e0;stroke:#0f5c46;stroke-width:1;vector-effect:non-scaling-stroke}"
    ".note{border-left:4px solid #8a5a00;padding-left:12px;margin:8px 0 0}"
    "form{display:flex;gap:8px;flex-wrap:wrap;margin:8px 0 0}"
    "input{flex:1 1 12em;min-width:0;min-height:44px;font:inherit;padding:4px 12px;border:1px solid #51605a;border-radius:6px}"
    "button{min-height:44px;font:inherit;padding:4px 20px;border:0;border-radius:6px;background:#0f5c46;color:#fff}"
    "a{color:#0f5c46}"
    "a.call{display:inline-block;min-height:44px;padding:8px 16px;border:1px solid #0f5c46;border-radius:6px;text-decoration:none}"
    ":focus-visible{outline:3px solid #1f5fa8;outline-offset:2px}"
    "footer{padding:0 16px 24px}"
    "@media print{body{background:#fff}section,.v{border:1px solid #999;break-inside:avoid}"
    "header a,form,.call{display:none}header a.home{display:inline}}"
)
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()

MARK_BYTES = 5_400
"""A larger drawing of the mark would push the page over its 15 KB; it is then shown as the sample frame."""

_SVG = (
    '<svg width="40" height="40" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
    'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{}</svg>'
)
_CIRCLE = '<circle cx="12" cy="12" r="10"/>'
ICONS = {
    "tick": _SVG.format(_CIRCLE + '<path d="M7 12.5l3.5 3.5L17 9"/>'),
    "again": _SVG.format(_CIRCLE + '<path d="M16.5 12a4.5 4.5 0 1 1-1.4-3.2M16.5 6v3h-3"/>'),
    "alert": _SVG.format('<path d="M12 3L1.8 20.5h20.4zM12 10v4.5M12 17.5v.1"/>'),
    "clock": _SVG.format(_CIRCLE + '<path d="M12 6.5V12l3.5 2"/>'),
    "cross": _SVG.format(_CIRCLE + '<path d="M8.5 8.5l7 7M15.5 8.5l-7 7"/>'),
    "back": _SVG.format(_CIRCLE + '<path d="M10 8l-3.5 3.5L10 15M6.5 11.5H14a3 3 0 0 1 0 6"/>'),
    "pause": _SVG.format(_CIRCLE + '<path d="M9.5 8v8M14.5 8v8"/>'),
    "ask": _SVG.format(_CIRCLE + '<path d="M9.2 9.2a2.9 2.9 0 1 1 4 3c-.8.4-1.2 1-1.2 1.8M12 17v.1"/>'),
}
