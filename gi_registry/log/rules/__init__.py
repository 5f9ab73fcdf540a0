"""Pure rules of the log: the RFC 6962 tree, the leaf and its commitments, the C2SP checkpoint."""
