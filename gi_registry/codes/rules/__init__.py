"""Law and arithmetic of item codes: the printed format, keys, intervals, label elements and life cycles. Pure."""
