"""Writes stored articles elsewhere: feeds and exports, a Redis stream, a Datasette."""
