"""The writers' queue of SQLite: one at a time, across processes, opened by the kernel when a process dies."""

import subprocess
import sys
import threading
import time

from outreach.core.turn import Turn, take_turn

HOLD = """
import sys, time
from outreach.core.turn import take_turn
take_turn(sys.argv[1])
print("mine", flush=True)
time.sleep(60)
"""


def test_one_writer_at_a_time(tmp_path):
    turn, inside, most = Turn(str(tmp_path / "x.db")), [], []

    def write():
        assert turn.take()
        inside.append(1)
        time.sleep(0.002)
        most.append(len(inside))
        inside.pop()
        turn.give_back()

    threads = [threading.Thread(target=write) for _number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 12


def test_a_killed_process_gives_its_turn_back(tmp_path):
    path = str(tmp_path / "x.db")
    other = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True)
    assert other.stdout.readline() == "mine\n"
    got = []
    waiting = threading.Thread(target=lambda: got.append(take_turn(path)))
    waiting.start()
    waiting.join(0.3)
    assert not got
    other.kill()
    other.wait()
    waiting.join(10)
    assert got
    got[0].give_back()
