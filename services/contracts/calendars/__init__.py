"""Work calendars with a name, which agreements are drawn up on; and China's public holidays as data."""
