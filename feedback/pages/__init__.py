"""What customers see: the survey, the complaint form, "is it solved?" and the way out."""
