"""The law of origin, pure: reading geometry, measuring it, dating areas, judging plots."""
