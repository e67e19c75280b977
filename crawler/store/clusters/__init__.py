"""Clusters of articles that print one press release."""
