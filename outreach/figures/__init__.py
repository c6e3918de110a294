"""What the programme achieved: counted in SQL, withheld where few, shown on a page and in files."""
