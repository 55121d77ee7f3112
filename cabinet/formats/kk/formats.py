"""As on the portal's own pages. The hour counts to 24."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j E Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j E Y, H:i"
TIME_FORMAT = "H:i"
