"""In and out: the inbox, the outbox, delivery to Twilio and the gate that every message passes."""
