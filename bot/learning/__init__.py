"""What learns and measures: calibration, corpus, checks of the model and their benchmarks."""
