"""Who she is, what she agreed to and when she may be written to."""
