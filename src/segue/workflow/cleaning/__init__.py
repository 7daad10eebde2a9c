"""Deleting what runs wrote: exactly that, as their records say, and nothing else."""
