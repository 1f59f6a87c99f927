"""One script per figure, each beside its floor in the same run; read the ratios, not the times."""
