"""Decisions about journeys, insights and initiatives on plain values."""
