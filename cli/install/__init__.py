"""The installer: standard library only, runs before anything is installed."""
