"""The matrix of breaches: what a unit test must not do, by which API; each is a line of code that a test then runs.

The name says the guard it must run into.
"""

from __future__ import annotations

HEADER = """
import asyncio, contextlib, datetime, dbm, multiprocessing, os, random, shelve, socket, sqlite3, subprocess
import sys, threading, time, urllib.request
from asyncio import sleep as async_nap
from concurrent.futures import ThreadPoolExecutor
from socket import create_connection, getaddrinfo
from subprocess import run
from threading import Event
from time import sleep as nap

import aiosqlite, anyio, asyncpg, grpc, httpx, psycopg, sqlalchemy

LOOPBACK = ("127.0.0.1", 9)
spawning = multiprocessing.get_context("spawn")


def nothing():
    pass


async def over_asyncio():
    await asyncio.open_connection(*LOOPBACK)


async def over_httpx():
    async with httpx.AsyncClient() as client:
        await client.get("http://127.0.0.1:9/")


async def with_timeout():
    async with asyncio.timeout(5):
        await asyncio.sleep(0.01)


async def name_by_asyncio():
    await asyncio.get_running_loop().getaddrinfo("localhost", 80)


async def by_aiosqlite():
    async with aiosqlite.connect("orders.db"):
        pass


async def two_at_once():
    await asyncio.gather(asyncio.sleep(0.01), asyncio.sleep(0.02))


async def serve():
    await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)


async def program():
    await asyncio.create_subprocess_exec("true")


class Retry:
    pause = nap

    def __init__(self, sleep=time.sleep):
        self.sleep = sleep
"""

FORBIDDEN = {
    "network": [
        "socket.socket()",
        "socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX).connect('/tmp/nobody')",
        "socket.socket(socket.AF_UNIX).bind('here.sock')",
        "socket.create_connection(LOOPBACK)",
        "create_connection(LOOPBACK)",
        "socket.create_server(LOOPBACK)",
        "urllib.request.urlopen('http://127.0.0.1:9/')",
        "httpx.get('http://127.0.0.1:9/')",
        "asyncio.run(over_httpx())",
        "asyncio.run(over_asyncio())",
        "asyncio.run(serve())",
        "anyio.run(over_asyncio)",
        "psycopg.connect('host=127.0.0.1 port=9 connect_timeout=2')",
        "asyncio.run(psycopg.AsyncConnection.connect('host=127.0.0.1 port=9 connect_timeout=2'))",
        "asyncio.run(asyncpg.connect('postgresql://u@127.0.0.1:9/x'))",
        "sqlalchemy.create_engine('postgresql+psycopg://u@127.0.0.1:9/x').connect()",
        "grpc.insecure_channel('127.0.0.1:9')",
        "socket.getaddrinfo('localhost', 80)",
        "getaddrinfo('localhost', 80)",
        "socket.gethostbyname('localhost')",
        "socket.gethostbyname_ex('localhost')",
        "socket.gethostbyaddr('127.0.0.1')",
        "socket.getnameinfo(LOOPBACK, 0)",
        "asyncio.run(name_by_asyncio())",
        "ThreadPoolExecutor().submit(socket.socket).result()",
    ],
    "subprocess": [
        "subprocess.run(['true'])",
        "run('true', shell=True)",
        "subprocess.check_output(['true'])",
        "os.system('true')",
        "os.popen('true').read()",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "os.spawnv(os.P_WAIT, '/bin/true', ['true'])",
        "os.execv('/bin/true', ['true'])",
        "os.fork()",
        "asyncio.run(program())",
        "multiprocessing.get_context('fork').Process(target=nothing).start()",
        "spawning.Process(target=nothing).start()",
    ],
    "database": [
        "sqlite3.connect('orders.db')",
        "sqlite3.connect('file:orders.db?mode=rwc', uri=True)",
        "asyncio.run(by_aiosqlite())",
        "sqlalchemy.create_engine('sqlite:///orders.db').connect()",
        "dbm.open('orders', 'c')",
        "shelve.open('orders')",
    ],
    "sleep": [
        "time.sleep(0.01)",
        "nap(0.01)",
        "Retry().sleep(0.01)",
        "Retry().pause(0.01)",
        "asyncio.run(asyncio.sleep(0.01))",
        "asyncio.run(async_nap(0.01))",
        "asyncio.run(with_timeout())",
        "asyncio.run(two_at_once())",
        "anyio.run(anyio.sleep, 0.01)",
        "threading.Event().wait(0.01)",
        "Event().wait(timeout=0.01)",
        "ThreadPoolExecutor().submit(time.sleep, 0.01).result()",
    ],
}

ALLOWED = [
    "asyncio.run(asyncio.sleep(0))",
    "anyio.run(anyio.sleep, 0)",
    "time.sleep(0)",
    "socket.socketpair()[0].close()",
    "threading.Thread(target=nothing).start()",
    "ThreadPoolExecutor().submit(nothing).result()",
    "sqlite3.connect(':memory:').close()",
    "sqlalchemy.create_engine('sqlite://').connect().close()",
    "sqlite3.connect('file:orders?mode=memory', uri=True).close()",
    "open('notes.txt', 'w').close()",
    "socket.gethostname()",
    "(event := threading.Event()).set() or event.wait(1)",
]


def program(lines: list[str]) -> str:
    """A test file with one test for each line."""
    tests = [f"def test_{number}():\n    {line}\n" for number, line in enumerate(lines)]
    return "\n\n".join([HEADER, *tests])
