"""Cases, the desk and the roster."""
