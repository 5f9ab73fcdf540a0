"""What may be uploaded, what a paper of the registry consists of, and which characters its fonts have."""

from gi_registry.documents.rules.paper import Block, Code, Column, Pairs, Paper, Section, Table, Text, spoken
from gi_registry.documents.rules.uploads import LARGEST_BYTES, SCANS, MediaType, clean_name, media_type_of, sha256_of

__all__ = [
    "LARGEST_BYTES",
    "SCANS",
    "Block",
    "Code",
    "Column",
    "MediaType",
    "Pairs",
    "Paper",
    "Section",
    "Table",
    "Text",
    "clean_name",
    "media_type_of",
    "sha256_of",
    "spoken",
]
