"""The door: gates, scans, who is here."""
