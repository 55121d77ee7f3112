"""What proves an application: what is in its container, and how a container is judged."""
