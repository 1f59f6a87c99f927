"""Lists taken out of the house as files: which columns, how a cell is written, who took what."""
