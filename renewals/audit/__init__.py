"""What proves that nothing which happened was altered: the chain of events and its checkpoints."""
