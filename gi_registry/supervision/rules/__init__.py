"""Rules of leads: the life cycle, numbers and receipts, the signed form, and what a photo may be."""
