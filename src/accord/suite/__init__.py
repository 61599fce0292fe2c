"""The levels of a test suite: what each promises, guards that hold tests to it, and the judgement on a run."""
