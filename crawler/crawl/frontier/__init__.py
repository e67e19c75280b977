"""Frontier: every page is stored before it is requested, and its result afterwards."""
