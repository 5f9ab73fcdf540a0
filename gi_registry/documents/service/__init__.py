"""Keep a paper, hand a paper out, typeset a paper."""

from gi_registry.documents.rules import Code, Column, Pairs, Paper, Section, Table, Text
from gi_registry.documents.service.keeping import (
    Download,
    Scan,
    contents,
    download,
    get_document,
    keep_content,
    read_paper,
    store,
    store_paper,
    store_pdf,
    store_scan,
)
from gi_registry.documents.service.typesetting import typeset, typeset_paper

__all__ = [
    "Code",
    "Column",
    "Download",
    "Pairs",
    "Paper",
    "Scan",
    "Section",
    "Table",
    "Text",
    "contents",
    "download",
    "get_document",
    "keep_content",
    "read_paper",
    "store",
    "store_paper",
    "store_pdf",
    "store_scan",
    "typeset",
    "typeset_paper",
]
