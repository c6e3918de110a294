"""A stand-in for Twilio's WhatsApp service, with phones to hold in the browser.

Development, tests, the demo and the benchmarks run the production path against it; only the base URL
differs. It keeps everything in memory, and imports nothing of the product: it must never know more of
the product than Twilio would.
"""
