"""Reading source files: what kind of file it is, where its comments are, which test cases it holds."""
