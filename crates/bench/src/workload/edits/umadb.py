"""Appends events of 200 bytes to an UmaDB server, one at a time by each thread, and prints how many
were appended a second.

    python3 umadb.py URL THREADS SECONDS
"""

import sys
import threading
import time

import umadb


def main() -> None:
    url, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    counts = [0] * threads
    began = time.monotonic()

    def append(number: int) -> None:
        client = umadb.Client(url)
        while time.monotonic() - began < seconds:
            event = umadb.Event("edited", bytes(200), tags=[f"learner-{number}"])
            client.append([event])
            counts[number] += 1

    appending = [threading.Thread(target=append, args=(number,)) for number in range(threads)]
    for thread in appending:
        thread.start()
    for thread in appending:
        thread.join()
    print(sum(counts) / (time.monotonic() - began))


main()
