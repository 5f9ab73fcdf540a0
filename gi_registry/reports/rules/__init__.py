"""The law of the annual report, pure: life cycle, window, who owes which year, figures, label identity, checks, filed content."""
