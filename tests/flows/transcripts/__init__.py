"""What the scripted conversations said, as pages, pictures and text that a person can read for their tone.

It reads the transcripts that the tests write down (`tests/flows/troupe.py`) and plays nothing itself. What is
made here may never need a network: no font, no script and no picture comes from elsewhere.
"""
