"""Workers as actors that Ray places on one machine or many, and on their GPUs."""

from __future__ import annotations

import os
from typing import Any

from relatome.errors import EXTRA_MISSING, SCAN_CLUSTER, MissingExtraError, WorkError
from relatome.runtime import cores
from relatome.scale.schedule import Died, Event, Ready
from relatome.scale.shard import Task
from relatome.scale.work import Identity, Work
from relatome.scale.worker import Worker

# What passes through Ray's store are tasks and records, of a few kilobytes.
_STORE_BYTES = 100 * 1024 * 1024


class RayEngine:
    """Actors of the cluster that RAY_ADDRESS names, or of one that runs here, or of a new one."""

    def __init__(self, work: Work, identity: Identity, gpus: float = 0.0) -> None:
        """Join the cluster.

        Args:
            work: what workers do.
            identity: of the work, as here.
            gpus: of each worker; it may be a part of one.

        Raises:
            MissingExtraError: if Ray is not installed.
            WorkError: if there is no cluster to join, or it has no such GPU.
        """
        # Nothing about a scan is sent to anyone; it must be set before Ray is imported.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        try:
            import ray
        except ModuleNotFoundError as error:
            raise MissingExtraError(EXTRA_MISSING, module=error.name, extra="scale") from None
        self._ray: Any = ray
        self._gpus = gpus
        self._joined = not ray.is_initialized()
        if self._joined:
            self._join()
        if not self.most:
            self.close()
            what = f"{gpus:g} GPUs for one" if gpus else "a processor"
            raise WorkError(SCAN_CLUSTER, reason=f"it has not {what}")
        self._actor = ray.remote(Worker).options(
            num_cpus=1, num_gpus=gpus, max_restarts=0, scheduling_strategy="SPREAD"
        )
        self._put = ray.put(work), identity
        self._actors: dict[int, Any] = {}
        self._awaited: dict[Any, int] = {}

    def _join(self) -> None:
        quiet = {"logging_level": "ERROR", "log_to_driver": False}
        try:
            self._ray.init(address="auto", **quiet)
        except ConnectionError as error:
            if os.environ.get("RAY_ADDRESS"):
                raise WorkError(SCAN_CLUSTER, reason=_line(error)) from None
            self._ray.init(
                num_cpus=cores(),
                include_dashboard=False,
                object_store_memory=_STORE_BYTES,
                **quiet,
            )

    @property
    def most(self) -> int:
        """Workers that the cluster has room for."""
        room = self._ray.cluster_resources()
        by_cores = int(room.get("CPU", 0))
        return min(by_cores, int(room.get("GPU", 0) / self._gpus)) if self._gpus else by_cores

    def start(self, worker: int) -> None:
        """Ask for an actor."""
        work, identity = self._put
        actor = self._actor.remote(work, identity)
        self._actors[worker] = actor
        self._awaited[actor.begin.remote()] = worker

    def give(self, worker: int, task: Task) -> None:
        """Have an actor do a shard; what it tells comes as a stream."""
        method = self._actors[worker].do.options(num_returns="streaming")
        self._awaited[method.remote(task)] = worker

    def events(self, timeout: float) -> list[tuple[int, Event]]:
        """What actors told."""
        ready, _ = self._ray.wait(
            list(self._awaited), num_returns=1, timeout=timeout, fetch_local=False
        )
        found: list[tuple[int, Event]] = []
        for each in ready:
            worker = self._awaited[each]
            try:
                found += [(worker, event) for event in self._next(each)]
            except self._ray.exceptions.RayError as error:
                # All of it, also the end of a stream before: its loss must not be told twice.
                self._awaited = {ref: of for ref, of in self._awaited.items() if of != worker}
                self._ray.kill(self._actors.pop(worker))
                found.append((worker, Died(f"was lost: {_line(error)}")))
        return found

    def _next(self, awaited: Any) -> list[Event]:
        if isinstance(awaited, self._ray.ObjectRef):
            del self._awaited[awaited]
            failure = self._ray.get(awaited)
            return [Ready() if failure is None else failure]
        try:
            event: Event = self._ray.get(next(awaited))
        except StopIteration:
            del self._awaited[awaited]
            return []
        return [event]

    def kill(self, worker: int) -> None:
        """Kill an actor; what is awaited of it will tell."""
        self._ray.kill(self._actors[worker])

    def close(self) -> None:
        """Kill all actors, and leave the cluster if we joined it."""
        for actor in getattr(self, "_actors", {}).values():
            self._ray.kill(actor)
        if self._joined:
            self._ray.shutdown()


def _line(error: BaseException) -> str:
    """What Ray says of an error, in a line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__
