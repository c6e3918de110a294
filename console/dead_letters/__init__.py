"""What the system gave up."""
