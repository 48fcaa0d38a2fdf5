"""Prefect's server beside a benchmark's PostgreSQL."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from flows import prefect_server
from models.embedded import Cluster
from ui.supervisor import any_port


@contextmanager
def server(cluster: Cluster) -> Iterator[dict[str, str]]:
    """Prefect's server as `up` starts it; yields the environment of a process that talks to it."""
    port = any_port()
    secret = {"LANGKAH_SECRET_KEY": "a secret for a benchmark, thirty-two and more", "PREFECT_LOGGING_LOGGERS_PREFECT_LEVEL": "ERROR"}
    env = os.environ | prefect_server.environment(cluster.data_dir, port) | secret
    server_env = env | prefect_server.server_environment(cluster.data_dir, port, cluster.url("prefect"))
    process = subprocess.Popen(prefect_server.command(port), env=server_env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        prefect_server.wait(port)
        yield env
    finally:
        process.terminate()
        process.wait(30)
