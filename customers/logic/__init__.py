"""Decisions about customers on plain values: names, text, phones, spreadsheets and their columns."""
