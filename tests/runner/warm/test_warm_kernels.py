from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from warm_place import Place, kernel, wait_until

from demetra_runner.warm.process import STATUS_UNKNOWN, ForkedProcess
from demetra_runner.warm.rendezvous import WarmUnavailableError, private_directory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forking after imports is safe on Linux only")


async def start_and_die(place: Place, code: str) -> int:
    """The exit code of a kernel that runs this as its last."""
    async with kernel(place) as (manager, _):
        client = manager.client()
        client.start_channels()
        client.execute(code)
        code = await asyncio.wait_for(manager.provisioner.wait_for_exit(), 10)
        client.stop_channels()
        return code


def test_a_kernel_is_forked_with_the_modules_and_has_the_surroundings_of_its_client(place: Place, monkeypatch):
    place.write_kernelspec(modules=["fractions"])
    monkeypatch.setenv("COLOUR_OF_THE_TEST", "green")

    async def main() -> None:
        async with kernel(place, cwd=place.runtime) as (manager, run):
            assert isinstance(manager.provisioner.process, ForkedProcess)
            assert manager.transport == "ipc"
            assert await run("import sys; print('fractions' in sys.modules)") == "True"
            assert await run("import os; print(os.getcwd(), os.environ['COLOUR_OF_THE_TEST'])") == (
                f"{place.runtime} green"
            )
            assert int(await run("print(os.getpid())")) == manager.provisioner.pid
            assert await run("1 / 0") == "ZeroDivisionError: division by zero"
            assert await run("os.system('echo from a child')") == "from a child"

    asyncio.run(main())


def test_waiting_kernels_are_taken_and_replaced_and_none_is_used_twice(place: Place):
    async def main() -> None:
        seen = set()
        for _ in range(4):
            async with kernel(place, pool=2) as (manager, run):
                await run("x = 1")
                assert await run("print(x)") == "1"
                seen.add(manager.provisioner.pid)
            assert wait_until(lambda: len(place.processes()) == 3)  # the server and two that wait
        assert len(seen) == 4

    asyncio.run(main())


def test_ends_are_reported_as_they_were(place: Place):
    async def main() -> None:
        assert await start_and_die(place, "import os; os._exit(7)") == 7
        assert await start_and_die(place, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)") == -signal.SIGKILL
        assert await start_and_die(place, "import os; os.abort()") == -signal.SIGABRT

    asyncio.run(main())


def test_an_interrupt_reaches_the_cell_and_a_polite_shutdown_ends_the_kernel(place: Place):
    async def main() -> None:
        async with kernel(place) as (manager, run):
            asyncio.get_running_loop().call_later(0.3, lambda: os.kill(manager.provisioner.pid, signal.SIGINT))
            assert (await run("import time; time.sleep(30)")).startswith("KeyboardInterrupt")
            assert await run("print('still here')") == "still here"
            process = manager.provisioner.process
            await manager.shutdown_kernel()
            assert process.returncode == 0

    asyncio.run(main())


def test_a_restarted_kernel_answers_where_the_old_one_did(place: Place):
    async def main() -> None:
        async with kernel(place) as (manager, run):
            before, pid = manager.get_connection_info(), manager.provisioner.pid
            await run("x = 1")
            await manager.restart_kernel(now=True)
            assert manager.get_connection_info() == before
            assert manager.provisioner.pid != pid
            assert isinstance(manager.provisioner.process, ForkedProcess)
            client = manager.client()
            client.start_channels()
            await client.wait_for_ready(timeout=20)
            client.stop_channels()
            await asyncio.sleep(1)  # the first client's sockets look for their endpoints again every tenth of a second
            assert await run("x") == "NameError: name 'x' is not defined"

    asyncio.run(main())


def test_a_killed_server_takes_no_running_kernel_with_it_and_is_started_anew(place: Place):
    async def main() -> None:
        async with kernel(place) as (manager, run):
            await run("x = 5")
            killed = place.server()
            killed.kill()
            assert wait_until(lambda: killed.pid not in [one.pid for one in place.processes()])
            assert await run("print(x)") == "5"
            async with kernel(place) as (other, _):
                assert isinstance(other.provisioner.process, ForkedProcess)
            process = manager.provisioner.process
            await run("import os, threading; threading.Timer(0.1, os._exit, [3]).start()")
            assert await asyncio.wait_for(manager.provisioner.wait_for_exit(), 10) == STATUS_UNKNOWN
            assert process.returncode == STATUS_UNKNOWN

    asyncio.run(main())


def test_kernels_and_server_end_with_a_killed_client_whatever_they_are_doing(place: Place, tmp_path: Path):
    script = tmp_path / "client.py"
    script.write_text(
        "import asyncio, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from warm_place import Place, kernel\n"
        "place = Place.__new__(Place)\n"
        f"place.root, place.runtime = Path({str(place.root)!r}), Path({str(place.runtime)!r})\n"
        "async def main():\n"
        "    async with kernel(place) as (manager, run):\n"
        "        asyncio.get_running_loop().call_later(0.2, lambda: print('working', flush=True))\n"
        "        await run('while True: pass')\n"
        "asyncio.run(main())\n"
    )
    client = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, stderr=None)
    assert client.stdout.readline() == b"working\n"
    place.server().kill()  # so that nobody but the kernel itself can notice
    client.kill()
    client.wait()
    client.stdout.close()
    assert wait_until(lambda: not place.processes(), 10)
    asyncio.run(sweep_by_another_kernel(place))  # killed, all three: what they left goes with the next


async def sweep_by_another_kernel(place: Place) -> None:
    async with kernel(place):
        pass


def test_changed_code_reaches_the_next_kernel_and_leaves_running_ones_alone(place: Place, monkeypatch):
    code = place.root / "code" / "fresh"
    code.mkdir(parents=True)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(code.parent), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.syspath_prepend(str(code.parent))
    (code / "__init__.py").write_text("value = 1\n")
    place.write_kernelspec(modules=["fresh"], packages=["fresh"])

    async def main() -> None:
        async with kernel(place) as (manager, run):
            assert await run("import fresh; print(fresh.value)") == "1"
            server = place.server().pid
            (code / "__init__.py").write_text("value = 22\n")
            async with kernel(place) as (_, run_other):
                assert await run_other("import fresh; print(fresh.value)") == "22"
            assert place.server().pid == server
            assert await run("print(fresh.value)") == "1"
            client = manager.client()
            client.start_channels()
            client.execute("import os; os._exit(4)")
            assert await asyncio.wait_for(manager.provisioner.wait_for_exit(), 10) == 4  # still its parent
            client.stop_channels()
            (code / "__init__.py").write_text("this is not Python!\n")
            async with kernel(place) as (_, run_broken):
                assert (await run_broken("import fresh")).startswith("SyntaxError")

    asyncio.run(main())


def test_xgboost_trains_in_a_child_and_children_draw_different_numbers(place: Place):
    place.write_kernelspec(modules=["numpy", "xgboost", "sklearn"])
    train = (
        "import numpy, xgboost, sklearn.linear_model\n"
        "x = numpy.random.rand(2000, 5)\n"
        "data = xgboost.DMatrix(x, x @ numpy.arange(5))\n"
        "model = xgboost.train({'nthread': 2, 'seed': 1}, data, 20)\n"
        "print(float(numpy.corrcoef(model.predict(data), data.get_label())[0, 1]) > 0.9, x[0, 0])"
    )

    async def main() -> None:
        answers = []
        for _ in range(2):
            async with kernel(place) as (manager, run):
                assert isinstance(manager.provisioner.process, ForkedProcess)
                answers.append((await run(train)).split())
        assert [answer[0] for answer in answers] == ["True", "True"]
        assert answers[0][1] != answers[1][1]

    asyncio.run(main())


def test_a_package_that_starts_a_thread_gets_plain_kernels_and_that_is_said_once(place: Place, monkeypatch, caplog):
    code = place.root / "code"
    code.mkdir()
    (code / "threaded.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=[99], daemon=True).start()\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(code), os.environ.get("PYTHONPATH", "")]))
    place.write_kernelspec(modules=["threaded"])

    async def main() -> None:
        for _ in range(2):
            async with kernel(place) as (manager, run):
                assert isinstance(manager.provisioner.process, subprocess.Popen)
                assert manager.transport == "ipc"
                assert await run("print(6 * 7)") == "42"

    asyncio.run(main())
    told = [record.getMessage() for record in caplog.records if "start cold" in record.getMessage()]
    assert len(told) == len(set(told)) >= 1


def test_without_a_pool_kernels_are_plain(place: Place):
    async def main() -> None:
        async with kernel(place, pool=0) as (manager, run):
            assert isinstance(manager.provisioner.process, subprocess.Popen)
            assert await run("print('same')") == "same"
        assert place.processes() == []

    asyncio.run(main())


@pytest.mark.parametrize("pool", [2, 0], ids=["warm", "plain"])
def test_a_kernel_has_limits(place: Place, pool: int):
    limits = {"memory_bytes": 2**30, "open_files": 200}

    async def main() -> None:
        async with kernel(place, pool=pool, **limits) as (_, run):
            assert await run("print(len(bytearray(50 * 2**20)))") == str(50 * 2**20)
            assert (await run("bytearray(2 * 2**30)")).startswith("MemoryError")
            assert "Errno 24" in await run("opened = [open('/dev/null') for _ in range(300)]")
        async with kernel(place, pool=pool, cpu_seconds=2) as (manager, _):
            client = manager.client()
            client.start_channels()
            client.execute("while True: pass")
            assert await asyncio.wait_for(manager.provisioner.wait_for_exit(), 60) == -signal.SIGXCPU
            client.stop_channels()

    asyncio.run(main())


def test_sockets_lie_where_nobody_else_can_enter(place: Place):
    directory = private_directory("abc")
    for path in (directory, directory.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    directory.chmod(0o755)
    with pytest.raises(WarmUnavailableError, match="only this user"):
        private_directory("abc")
    directory.rmdir()


def test_the_kernel_is_noticed_dead_at_once(place: Place):
    async def main() -> None:
        async with kernel(place) as (manager, _):
            began = time.monotonic()
            os.kill(manager.provisioner.pid, signal.SIGKILL)
            assert await manager.provisioner.wait_for_exit() == -signal.SIGKILL
            assert time.monotonic() - began < 5

    asyncio.run(main())
