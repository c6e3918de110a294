"""The women of the single list: the list, the search, a page each, what is changed there and undone."""
