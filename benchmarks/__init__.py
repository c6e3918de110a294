"""What is measured against what. Nothing here runs in production."""
