"""Pure rules of scans: who is the same client, what is a preview, which place, when a code looks copied."""
