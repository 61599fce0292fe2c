"""The tables and the queries. Plain functions over one connection; which database it is only ``database.py`` knows."""
