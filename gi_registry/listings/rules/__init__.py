"""Pure rules of the abnormal-use list: the life of a case, the gates of each step, the clocks, the words of a decision."""
