"""A training: the job, its loop, its checkpoint, its folder and its result."""
