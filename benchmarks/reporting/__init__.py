"""From lines of JSON that benchmarks wrote to a page of tables and a plot."""
