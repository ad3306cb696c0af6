"""The forum file: YAML with positions, the models it is read into, and what is wrong with it."""
