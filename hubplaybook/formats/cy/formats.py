"""Dates in Welsh: 22 Tachwedd 2026 am 14:05."""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = r"j F Y \a\m H:i"
