"""An incident waits: paused for a reason agreed with the customer, resumed, disputed, settled."""
