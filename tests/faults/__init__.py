"""Faults: processes killed, disks full, databases gone, clocks wrong, rows edited behind the log.

Each promise stands beside a negative control: the same harness with the protection taken away must see the loss.
"""
