"""Users, the units they belong to (city > county > township), the roles they hold there, and signing in."""
