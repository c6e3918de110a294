"""One module for each group of commands; a function takes the parsed arguments and returns an exit code."""
