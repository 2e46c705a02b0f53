"""Lists of incidents as files for spreadsheet programs."""
