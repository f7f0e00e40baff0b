"""A worker is killed in the middle of its work, and another one goes on where it stood: nothing is lost.

Run: python -m examples.crash
What the dead worker had in hand comes again; everything else comes once.
"""

import os
import signal
from multiprocessing import get_context

from disruptor import Disruptor, Subscriber

JOBS = 12


def work(subscriber: Subscriber[str], results: Disruptor[str], worker: str, dies_at: str) -> None:
    """Do one job after the other; die in the middle of one."""
    for job in subscriber:
        if job == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        results.publish(f"{job}, by {worker}")
    results.close()


def main() -> None:
    """Start a worker that dies, and one that goes on."""
    jobs: Disruptor[str] = Disruptor(4, multiproc=True)
    results: Disruptor[str] = Disruptor(4, multiproc=True)
    queue = jobs.register_subscriber(name="queue")
    output = results.register_subscriber(name="output")
    context = get_context("fork")

    def produce() -> None:
        for number in range(JOBS):
            jobs.publish(f"job {number}")
        jobs.close()

    producer = context.Process(target=produce)
    first = context.Process(target=work, args=(queue, results, "the first worker", "job 5"))
    producer.start()
    first.start()
    done: list[str] = []
    while len(done) < 5:
        with output.read() as batch:
            done.extend(batch)
    first.join()
    print(f"the first worker has died (status {first.exitcode}); its position is {queue.sequence}")
    second = context.Process(target=work, args=(queue, results, "the second worker", ""))
    second.start()
    done.extend(output)
    for line in done:
        print(line)
    if [line.partition(",")[0] for line in done] != [f"job {number}" for number in range(JOBS)]:
        raise SystemExit("a job was lost, or done twice")
    second.join()
    producer.join()


if __name__ == "__main__":
    main()
