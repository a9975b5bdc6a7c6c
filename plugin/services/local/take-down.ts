import type { Clock } from '../../clock.ts';
import { usageError } from '../../errors.ts';
import { cleanUp } from './clean-up.ts';
import { stopDaemon } from './daemon.ts';
import { DATABASE, filesIn } from './home-folder.ts';
import type { DaemonOptions } from './start-daemon.ts';

export interface TakeDownOptions extends DaemonOptions {
  readonly clock: Clock;
  /** Milliseconds that programs may go on. */
  readonly graceMs: number;
  /** Delete all that is stored too. */
  readonly forget: boolean;
}

/** Milliseconds until a daemon that can not be spoken to is asked again: it starts, or is on its way out. */
const AGAIN_MS = 100;

/** Ends the daemon and all processes of its Pods, those too that a killed one left behind; false where none ran. */
export async function takeDown(options: TakeDownOptions): Promise<boolean> {
  const { home, clock, graceMs, forget, signal } = options;
  for (let wasUp = false; ; await clock.sleep(AGAIN_MS, signal)) {
    wasUp = (await stopDaemon(home, graceMs, signal)) || wasUp;
    const files = await filesIn(home);
    const isOurs = files.includes(DATABASE);
    // KRT_HOME may name any folder
    if (forget && !isOurs && files.length > 0)
      throw usageError(
        `${home} is not the folder of an embedded default: it has no ${DATABASE}`,
        'nothing was deleted',
      );
    const isClean = !isOurs || (wasUp && !forget) || (await cleanUp(options, forget));
    if (isClean) return wasUp;
  }
}
