"""The journeys room's REST API: journeys, stages, touchpoints and who is accountable."""
