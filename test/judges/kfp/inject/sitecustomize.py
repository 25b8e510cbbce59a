"""Within a task's process: Google is the fake one, and waiting takes no time. Python loads this module by its name."""

import os
import time
import urllib.parse
import urllib.request

if "FAKE_GOOGLE" in os.environ:
    real = urllib.request.urlopen

    def urlopen(request, *args, **kwargs):
        url = urllib.parse.urlsplit(request.full_url)
        request.full_url = f"{os.environ['FAKE_GOOGLE']}/{url.netloc}{url.path}" + (f"?{url.query}" if url.query else "")
        return real(request, *args, **kwargs)

    urllib.request.urlopen = urlopen
    elapsed = [0.0]

    def sleep(seconds):
        """The fake's clock goes on by it."""
        elapsed[0] += seconds
        real(urllib.request.Request(f"{os.environ['FAKE_GOOGLE']}/sleep?seconds={seconds}", method="POST")).close()

    time.sleep = sleep
    monotonic = time.monotonic
    time.monotonic = lambda: monotonic() + elapsed[0]
