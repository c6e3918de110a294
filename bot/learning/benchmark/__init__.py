"""Measurements of the understanding for `./avanza bench understanding`; no part of the running bot."""
