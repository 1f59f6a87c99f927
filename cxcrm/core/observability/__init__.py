"""Seeing what runs: log lines, request numbers, and by setting only traces and error reports."""
