"""How the service runs, for administrators."""
