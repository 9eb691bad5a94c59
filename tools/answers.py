"""Exit 0 once the address answers 200; waits on the connection itself, at most a tenth of a second between tries."""
import sys
import time
import urllib.request

deadline = time.monotonic() + 5
while time.monotonic() < deadline:
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=2) as answer:
            sys.exit(0 if answer.status == 200 else 1)
    except OSError:
        time.sleep(0.02)
sys.exit(1)
