"""The application, its states and who may move it. Alone asks the authority for a signature."""
