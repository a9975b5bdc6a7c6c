import type { Clock } from '../../../lib/clock.ts';
import type { RunningContainer } from './running-container.ts';
import type { Waker } from './waker.ts';

/** Asks `containers` to end, kills what is left at `deadline()`, which may move, and resolves when all have ended. */
export async function stopContainers(
  containers: readonly RunningContainer[],
  { clock, waker, deadline }: { clock: Clock; waker: Waker; deadline: () => number },
): Promise<void> {
  if (containers.length === 0) return;
  let over = false;
  const ended = Promise.all(containers.map(container => container.ended)).then(() => {
    over = true;
    waker.call();
  });
  for (const container of containers) container.terminate();
  while (!over && clock.now() < deadline()) await waker.wait(deadline());
  if (!over) for (const { process } of containers) process.kill();
  await ended;
}
