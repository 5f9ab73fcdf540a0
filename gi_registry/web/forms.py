"""From a form or JSON to a schema, and back to the form with what was typed and what is wrong."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask import g, request
from pydantic import BaseModel

from gi_registry.bulk.shapes import validated
from gi_registry.kernel.errors import FieldError, invalid
from gi_registry.kernel.identifiers import storable
from gi_registry.kernel.words import say
from gi_registry.web.arguments import json_body

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True)
class Upload:
    """A file as it came."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class FormState:
    """What a form shows: values as typed, and the errors of each field."""

    values: Mapping[str, Any] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    mine: Mapping[str, Any] = field(default_factory=dict)
    theirs: Mapping[str, Any] = field(default_factory=dict)

    def value(self, name: str, default: object = "") -> object:
        """Return what was typed, or the default of a fresh form."""
        if name in self.values:
            return self.values[name]
        return "" if default is None else default

    def error(self, name: str) -> FieldError | None:
        """Return the first error of a field."""
        return next((error for error in self.errors if error.field == name), None)


def form_state() -> FormState:
    """Return the state of the form on this page."""
    state: FormState = g.get("form_state") or FormState()
    return state


def reshow(view: Callable[..., Any], *args: Any, **values: Any) -> None:
    """Say which page shows the form again when the input turns out Invalid (422, values as typed)."""
    g.form_page = lambda: view(*args, **values)


def read_form(schema: type[Schema]) -> Schema:
    """Read the request's form or JSON object into ``schema``; raise Invalid with an error per field."""
    raw = _raw(schema)
    return validated(schema, raw, raw)


def _raw(schema: type[BaseModel]) -> dict[str, Any]:
    if request.is_json:
        body = json_body()
        if not isinstance(body, dict):
            raise invalid("body", say("请求正文不是 JSON 对象。"), say('请发送形如 {"字段": 值} 的 JSON。'))
        if not all(storable(text) for text in _texts(body)):
            raise invalid("body", say("内容里有不能保存的控制字符。"), say("请删去后重新提交。"))
        return body
    raw: dict[str, Any] = {}
    for name, info in schema.model_fields.items():
        key = info.alias or name
        if _is_list(info.annotation):
            raw[key] = [item for item in request.form.getlist(key) if item != ""]
        elif key in request.form and not (request.form[key].strip() == "" and not _is_text(info.annotation)):
            raw[key] = request.form[key]
    return raw


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for part in value for text in _texts(part))


def _is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) in {list, tuple, frozenset, set}


def _is_text(annotation: Any) -> bool:
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        return False
    return isinstance(annotation, type) and issubclass(annotation, str)


def uploaded(name: str) -> Upload | None:
    """Return the uploaded file of a form field, or None when none was chosen."""
    found = request.files.get(name)
    if found is None or not found.filename:
        return None
    found.stream.seek(0)  # asked for twice on one request, it is the same file
    return Upload(found.filename[:200], found.mimetype or "application/octet-stream", found.stream.read())
