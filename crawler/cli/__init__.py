"""Shared parts of the commands: base class, arguments, checks, access to the store."""
