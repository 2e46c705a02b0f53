"""Open clocks follow a corrected calendar, an amendment, a withdrawal; and what would move if there were one."""
