"""Pages of a firm's own house: its front door, its colours, its people's first password."""
