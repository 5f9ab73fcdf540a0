"""The law of batches, pure: their life, sane dates, the double-entry ledger, the entitlement and its arithmetic."""
