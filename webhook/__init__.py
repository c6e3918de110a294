"""The public face: what Twilio calls, and nothing else."""
