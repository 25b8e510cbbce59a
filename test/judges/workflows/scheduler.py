"""Executions side by side in virtual time: each on its own thread, one running at a time.

An execution hands over before every call and while it sleeps, so that two of them interleave as the services see them.
Whose turn it is among those that could go on is the one that waited longest, or drawn where the run has a seed.
"""

import threading

import engine
from run import STEPS_OF_AN_EXECUTION, Crashed, Rejected, Run, Stop
from workflows_emulator.main import WorkflowError


class Ended(Stop):
    """The run is over: the thread of an execution may go."""


class Execution:
    def __init__(self, scheduler: "Scheduler", index: int, name: str, workflow: str, document: dict, env: dict, argument):
        self.index, self.id, self.workflow, self.env, self.argument = index, name, workflow, env, argument
        self.main, self.subworkflows = document["main"], {key: sub for key, sub in document.items() if key != "main"}
        self.steps: list[str] = []
        self.outcome: dict | None = None
        self.wakes, self.turn, self.cancelled = scheduler.run.clock.seconds, index, False
        self.started = threading.Event()
        self.go = threading.Event()
        self._scheduler, self._depth = scheduler, 0

    def enter(self, step: str) -> None:
        run = self._scheduler.run
        run.alive(f"in step {step} of {self.workflow} at {run.clock.iso()}")
        if len(self.steps) >= STEPS_OF_AN_EXECUTION:
            raise Rejected(f"workflow {self.workflow}: more than {STEPS_OF_AN_EXECUTION} steps, the last one {step}")
        if any(fault.cuts_before(step, self.index) for fault in run.faults):
            raise Crashed(f"before step {step}")
        self.steps.append(step)

    def call(self, name: str, args: dict):
        """Calls a subworkflow with arguments by name."""
        document = self.subworkflows[name]
        self._depth += 1
        try:
            return engine.call_subworkflow(name, document, args, self._depth)
        finally:
            self._depth -= 1

    def execute(self) -> None:
        try:
            params = self.main.get("params", [])
            args = {params[0]: self.argument} if params else {}
            self.outcome = {"status": "SUCCEEDED", "result": engine.call_subworkflow("main", self.main, args, 0)}
        except WorkflowError as failure:
            self.outcome = {"status": "FAILED", "error": failure.payload}
        except Crashed as cut:
            self.outcome = {"status": "CRASHED", "error": {"message": str(cut), "tags": ["Crashed"]}}
        except Ended:
            self.outcome = self.outcome or {"status": "CANCELLED"}


class Scheduler:
    def __init__(self, run: Run):
        self.run, self.executions = run, []
        self.running: Execution | None = None
        self._back = threading.Event()
        self._turns = 0
        self._broken: BaseException | None = None

    def add(self, name: str, workflow: str, document: dict, env: dict, argument, after: float = 0) -> Execution:
        execution = Execution(self, len(self.executions), name, workflow, document, env, argument)
        execution.wakes += after
        self.executions.append(execution)
        return execution

    def work(self) -> None:
        """Until every execution has ended. Throws what ended one other than its own errors."""
        while waiting := [execution for execution in self.executions if execution.outcome is None]:
            chosen = self._next(waiting)
            self.run.clock.seconds = max(self.run.clock.seconds, chosen.wakes)
            self._resume(chosen)
            if self._broken:
                self._end()
                raise self._broken

    def pause(self, seconds: float = 0) -> None:
        """The running execution lets the others on, and goes on after some virtual seconds."""
        execution, clock = self.running, self.run.clock
        execution.wakes = clock.seconds + seconds
        others = [other for other in self.executions if other is not execution and other.outcome is None]
        if all(other.wakes > execution.wakes for other in others):
            clock.seconds = execution.wakes  # nobody is due before
        else:
            execution.go.clear()
            self._back.set()
            execution.go.wait()
        if execution.outcome is not None or self._broken:
            raise Ended()
        self.run.alive(f"in step {execution.steps[-1] if execution.steps else '(none)'} of {execution.workflow}")

    def cancel(self, execution: Execution) -> None:
        execution.outcome, execution.cancelled = {"status": "CANCELLED"}, True
        if execution.started.is_set() and execution is not self.running:
            execution.go.set()
            execution.thread.join()

    def _next(self, waiting: list[Execution]) -> Execution:
        first = min(execution.wakes for execution in waiting)
        due = [execution for execution in waiting if execution.wakes <= max(first, self.run.clock.seconds)]
        if self.run.choice is not None:
            return self.run.choice.choice(due)
        return min(due, key=lambda execution: (execution.wakes, execution.turn))

    def _resume(self, execution: Execution) -> None:
        self._turns += 1
        execution.turn = self._turns + len(self.executions)
        self.running = execution
        self._back.clear()
        execution.go.set()
        if not execution.started.is_set():
            execution.started.set()
            execution.thread = threading.Thread(target=self._thread, args=(execution,), daemon=True)
            execution.thread.start()
        self._back.wait()

    def _thread(self, execution: Execution) -> None:
        try:
            execution.execute()
        except BaseException as broken:
            self._broken = self._broken or broken
            execution.outcome = {"status": "REJECTED"}
        finally:
            self._ended(execution)
            if not execution.cancelled:  # whoever cancelled it is running
                self._back.set()

    def _ended(self, execution: Execution) -> None:
        if self.run.world and not self._broken:
            self.run.world.ended(execution)

    def _end(self) -> None:
        for execution in self.executions:
            if execution.outcome is None and execution.started.is_set():
                execution.go.set()
                execution.thread.join()
