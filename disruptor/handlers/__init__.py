"""Managed consumers: handlers that the ring calls, in the order of a graph, from start to shutdown.

Rule 1: a handler is a subscriber with a loop around it. Nothing here knows how a ring holds back, shows or waits.
"""
