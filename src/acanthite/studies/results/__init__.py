"""What a study gave: one data set, what each setting does, pictures."""
