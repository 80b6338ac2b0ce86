"""From bytes to values: the hosted bash's marks, records and state. Pure; no input or output."""
