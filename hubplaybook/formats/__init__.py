"""How dates are written, by language, where this site differs from Django: in full, the time by the 24-hour clock."""
