"""From a row of a file to a schema, with every field's error in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gi_registry.kernel.errors import FieldError, Invalid
from gi_registry.kernel.words import Words, say

Schema = TypeVar("Schema", bound=BaseModel)

FIRST_YEAR, LAST_YEAR = 1900, 2200
_FAR = (say("日期不在 1900 年至 2200 年之间。"), say("请核对年份；表示长期有效的，请留空。"))
_WHOLE = (say("这一项须是整数。"), say("请只填写数字，例如 1200。"))
_CHOICE = (say("不在可选范围内。"), say("请从给出的选项中选择；文件中可用的值见 docs/import.md。"))
_DATE = (say("日期格式不正确。"), say("请按 年-月-日 填写，例如 2026-09-05。"))
_SMALL = (say("数值过小。"), say("请核对数值。"))
_REASONS: dict[str, tuple[Words, Words]] = {
    "missing": (say("这一项没有填写。"), say("请填写。")),
    "string_too_short": (say("这一项没有填写，或填写过短。"), say("请填写完整。")),
    "string_too_long": (say("内容过长。"), say("请缩短。")),
    "int_parsing": _WHOLE,
    "int_type": _WHOLE,
    "decimal_parsing": (say("这一项须是数字。"), say("请只填写数字，例如 12.5。")),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "greater_than": _SMALL,
    "greater_than_equal": _SMALL,
    "less_than_equal": (say("数值过大。"), say("请核对数值。")),
    "enum": _CHOICE,
    "literal_error": _CHOICE,
    "bool_parsing": (say("须填 true 或 false。"), say("请改为 true 或 false。")),
    "string_pattern_mismatch": (say("格式不正确。"), say("请按示例的格式填写。")),
}


def read_row(schema: type[Schema], row: Mapping[str, str], **known: Any) -> Schema:
    """Read a row into ``schema`` (``known`` are values that do not stand in it); raise Invalid with an error per column.

    An empty cell is a value that was not given, so that the schema's default holds.
    """
    given: dict[str, Any] = {name: value for name, value in row.items() if value != "" and name in schema.model_fields}
    return validated(schema, given | known, row)


def validated(schema: type[Schema], values: Mapping[str, Any], given: Mapping[str, Any]) -> Schema:
    """Read ``values`` into ``schema``; raise Invalid with an error per field, its value as it was ``given``.

    A date far out of a registry's time (a slip of the keys, or a 9999 that means *no end*) is refused here, for every form, file and API.
    """
    try:
        read = schema.model_validate(values)
    except ValidationError as problem:
        raise Invalid(*(field_error(item, given) for item in problem.errors())) from None
    dates = ((name, value) for name, value in read if isinstance(value, date))
    if strange := [name for name, value in dates if not FIRST_YEAR <= value.year <= LAST_YEAR]:
        raise Invalid(*(FieldError(name, *_FAR, str(given.get(name, ""))[:200]) for name in strange))
    return read


def field_error(item: Any, given: Mapping[str, Any]) -> FieldError:
    """Return one of pydantic's errors in words: an Invalid that a validator raised keeps its own."""
    name = ".".join(str(part) for part in item["loc"])
    own = item.get("ctx", {}).get("error")
    if isinstance(own, Invalid):
        first = own.fields[0]
        return FieldError(name or first.field, first.reason, first.remedy, str(given.get(name or first.field, "")))
    reason, remedy = _REASONS.get(item["type"], (say("这一项填写有误。"), say("请核对后重新填写。")))
    return FieldError(name or "form", reason, remedy, str(given.get(name, ""))[:200])
