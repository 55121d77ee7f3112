"""The authority itself: made, given its services, kept, replaced, retired."""
