"""The command groups of `langkah`; a new one is a module here and a line in ui/cli.py."""
