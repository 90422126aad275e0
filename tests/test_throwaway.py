"""What a killed run leaves behind goes with the next one; what still runs keeps its folder."""

import os
import subprocess
import sys

from tests import throwaway


def test_only_the_folders_of_processes_that_ended_go(tmp_path):
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (
        f"yangui-test-{ended.pid}-a1_b",
        f"yangui-test-{os.getpid()}-a1",
        "yangui-test-ours",
        "else",
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "test.db").write_text("rows")
    throwaway.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"yangui-test-{os.getpid()}-a1",
        "yangui-test-ours",
        "else",
    }


def test_a_folder_goes_with_its_process():
    script = (
        "from tests import throwaway; folder = throwaway.folder('test'); (folder / 'x').touch(); "
        "print(folder)"
    )
    made = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert "yangui-test-" in made
    assert not os.path.exists(made)
