"""A proxy between a client and its NATS server, which can lose a reply or cut the connection."""

import asyncio


class Proxy:
    def __init__(self, port):
        self._server_port = port
        self._lose = None  # what the client sends before the reply that is lost
        self._is_losing = False
        self._open = set()
        self.lost = 0

    async def start(self):
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"nats://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    async def stop(self):
        self._listener.close()
        self.cut()

    def lose_next_reply(self, family):
        """The next message that the server sends after one on `plansync.v1.<family>` is lost, with the connection."""
        self._lose = f"plansync.v1.{family}.".encode()
        self._is_losing = False

    def cut(self):
        for writer in list(self._open):
            writer.close()

    async def _serve(self, reader, writer):
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        except OSError:
            writer.close()
            return
        self._open |= {writer, server_writer}
        both = (self._up(reader, server_writer), self._down(server_reader, writer))
        await asyncio.gather(*both, return_exceptions=True)
        for each in (writer, server_writer):
            each.close()
            self._open.discard(each)

    async def _up(self, reader, writer):
        while data := await reader.read(65536):
            if self._lose and self._lose in data:
                self._is_losing = True
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _down(self, reader, writer):
        while data := await reader.read(65536):
            if self._is_losing and b"MSG " in data:
                self._lose, self._is_losing = None, False
                self.lost += 1
                break
            writer.write(data)
            await writer.drain()
        writer.close()
