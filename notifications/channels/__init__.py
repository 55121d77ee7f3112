"""Ways to reach people. Each is a module of its own that knows no other."""
