"""Where people are reached, and what they do not want to hear."""
