"""Home pages and the funnel: reads from all domains, owns no table."""
