"""Who decodes image files: threads of this process, or processes of their own, of which `python workers.py` is one.

A worker process is asked through its pipes, and ends when they are closed: by whoever started it, or by that one's end.
"""

import os
import pickle
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress


class Workers:
    """Threads that make views of files, or that each ask a process of their own for them."""

    def __init__(self, settings, views):
        self.views, self.count = views, settings.workers
        self.kind, self.own = settings.worker_kind, threading.local()
        self.threads, self.processes = ThreadPoolExecutor(self.count), []

    def begin(self, files):
        """Has views of files be made, in one part for each worker: the place of all of them, and futures of what
        `Views.several` gives, in order."""
        images, content = self.views.room(len(files))
        size, each = -(-len(files) // self.count), len(content) // len(files)
        parts = [slice(at, at + size) for at in range(0, len(files), size)]
        return images, [
            self.threads.submit(self.several, files[part], images[part], memoryview(content)[part.start * each : part.stop * each])
            for part in parts
        ]

    def several(self, files, images, content):
        if self.kind != "process":
            return self.views.several(files, images)
        if not hasattr(self.own, "worker"):
            self.own.worker = Worker(self.views)
            self.processes.append(self.own.worker)
        return self.own.worker.several(files, content)

    def close(self):
        """Ends all of them, once what they are at is done."""
        self.threads.shutdown(cancel_futures=True)
        for worker in self.processes:
            worker.close()


class Worker:
    """A process that makes views for one who asks at a time."""

    def __init__(self, views):
        if hasattr(signal, "pthread_sigmask"):
            # This thread needs no signals, and what it starts has none until it ignores them.
            signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        # In a session of its own, where Ctrl-C is not heard.
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
        )
        self.ask(views)

    def ask(self, what):
        """Sends what the process is to know or to do, and gives what it says of it."""
        try:
            pickle.dump(what, self.process.stdin)
            self.process.stdin.flush()
            return pickle.load(self.process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise self.lost() from None

    def several(self, files, content):
        wrong, fatal = self.ask(files)
        if fatal is not None:
            raise SystemExit(fatal)
        if self.process.stdout.readinto(content) < len(content):
            raise self.lost()
        return wrong

    def close(self):
        """Ends the process; gives its exit code."""
        with suppress(OSError):
            self.process.stdin.close()
        code = self.process.wait()
        self.process.stdout.close()
        return code

    def lost(self):
        """Says how the process ended, which nobody had asked it to."""
        code = self.close()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        return SystemExit(
            f"error: a worker process that decodes images {how}; what was saved is kept, and --resume goes on from there;"
            " where memory was short give fewer --workers, or --worker-kind thread"
        )


def serve():
    """Makes the views that are asked for on standard input, until it ends."""
    for name in (signal.SIGINT, signal.SIGTERM):
        # Whoever asks hears them too, and still takes the views of a step.
        signal.signal(name, signal.SIG_IGN)
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints is no answer.
    os.dup2(2, 1)
    import torch

    torch.set_num_threads(1)
    views = pickle.load(asked)
    answer(answers, None)
    images, content = views.room(0)
    while True:
        files = pickle.load(asked)
        if len(images) < len(files):
            images, content = views.room(len(files))
        try:
            said = views.several(files, images), None
        except SystemExit as error:
            answer(answers, (None, str(error)))
            continue
        answer(answers, said, memoryview(content)[: len(content) // len(images) * len(files)])


def answer(answers, said, content=b""):
    pickle.dump(said, answers)
    answers.write(content)
    answers.flush()


if __name__ == "__main__":
    try:
        serve()
    except (EOFError, BrokenPipeError):
        # Nobody asks any more. What is still to be said is said to nobody.
        os._exit(0)
