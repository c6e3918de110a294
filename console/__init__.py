"""The staff pages: their own process, their own host name, denied by default."""
