"""Runs a command in a pseudo-terminal of its own: `in_terminal.py COLUMNS ROWS COMMAND…`.

What it writes goes to stdout as it is; the first line on stderr is its process id. Lines of JSON on stdin steer it:
{"resize": [columns, rows]} and {"type": "text"}. Ends with its exit code, or 128 and the signal's number.
"""

import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def obey(terminal, line):
    order = json.loads(line)
    if "resize" in order:
        resize(terminal, *order["resize"])
    if "type" in order:
        os.write(terminal, order["type"].encode())


def relay(terminal):
    orders = b""
    sources = [terminal, 0]
    while True:
        ready, _, _ = select.select(sources, [], [])
        if 0 in ready:
            more = os.read(0, 65536)
            if not more:
                sources.remove(0)
            *lines, orders = (orders + more).split(b"\n")
            for line in lines:
                obey(terminal, line)
        if terminal in ready:
            try:
                data = os.read(terminal, 65536)
            except OSError:  # The command has ended.
                return
            if not data:
                return
            while data:
                data = data[os.write(1, data) :]


columns, rows, *command = sys.argv[1:]
go, start = os.pipe()
child, terminal = pty.fork()
if child == 0:
    os.close(start)
    os.read(go, 1)
    os.close(go)
    os.execvp(command[0], command)
resize(terminal, int(columns), int(rows))
print(child, file=sys.stderr, flush=True)
os.write(start, b"!")
relay(terminal)
_, status = os.waitpid(child, 0)
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
