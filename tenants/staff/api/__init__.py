"""The staff room's REST API: who one is, people, units, absences."""
