"""For people who write a format: studies to try it with (``strategies``) and the laws that it must obey (``laws``). Needs Hypothesis."""
