"""How close Langkah comes to what the same PostgreSQL can do: every figure is a ratio measured in one run.

`langkah bench [NAME …] --json` runs them; docs/performance.md tells what they mean. None is a test: machines are noisy.
"""
