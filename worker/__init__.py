"""The processes behind the webhook: the queue's worker and the clock."""
