"""The parts of `preset_quality.py`: one module a question."""
