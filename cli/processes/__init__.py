"""Starting, supervising and stopping the processes of one machine."""
