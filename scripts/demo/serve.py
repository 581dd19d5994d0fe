"""Keeps an agent running as a service would: a request a line in, its answer a line out; an empty line where it failed, with the reason on stderr.

    python serve.py MODULE:FUNCTION    in the agent's folder
"""

import asyncio
import importlib
import inspect
import os
import sys


async def main(module: str, function: str) -> None:
    answer = getattr(importlib.import_module(module), function)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        try:
            said = answer(line.strip())
            said = await said if inspect.isawaitable(said) else said
        except Exception as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            said = ""
        print(" ".join(said.split()), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, os.getcwd())
    asyncio.run(main(*sys.argv[1].split(":")))
