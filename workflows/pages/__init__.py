"""Pages that show clocks and ladders: the customer's tracking, the executive's decision, the forgotten password."""
