"""The papers' tables, made again on pictures and at sizes that a CPU can train."""
