"""What is initiated to many: campaigns and reminders."""
