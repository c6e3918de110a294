"""Every Spanish text that this side composes, kept by area. The dialogue's own are in bot/domain."""
