"""An adapter: the small program that a client is driven through (the protocol is in README.md)."""

import asyncio
import json

ANSWER_S_MAX = 60


class Adapter:
    def __init__(self, command, folder):
        self._command = command
        self._folder = folder
        self._count = 0
        self._process = None

    async def start(self):
        self._log = open(self._folder / "adapter.log", "ab")
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._log,
            limit=64 << 20,
        )

    async def send(self, message):
        """Sends a message; the answer is taken with `answer`."""
        self._count += 1
        line = json.dumps({"id": self._count, **message}) + "\n"
        self._process.stdin.write(line.encode())
        await self._process.stdin.drain()
        return self._count

    async def answer(self, number):
        line = await asyncio.wait_for(self._process.stdout.readline(), ANSWER_S_MAX)
        if not line:
            raise AssertionError(f"the adapter ended; see {self._folder / 'adapter.log'}")
        answer = json.loads(line)
        assert answer["id"] == number, f"the adapter answered {answer['id']} instead of {number}"
        return answer

    async def kill(self):
        """As a crash would."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
        self._log.close()

    async def stop(self):
        if self._process.returncode is None:
            self._process.stdin.close()
            try:
                await asyncio.wait_for(self._process.wait(), 10)
            except asyncio.TimeoutError:
                await self.kill()
                raise AssertionError("the adapter does not end when its input ends") from None
        self._log.close()
