import type { Clock } from '../../../lib/clock.ts';
import { handOver, type Owner } from './hand-over.ts';
import { OPEN_TO_ALL, removeAs } from './remove-as.ts';
import { killProcessesOf } from './user-processes.ts';
import type { SlotUser, Users } from './users.ts';

/** A user that has the files of one execution for as long as it lasts. */
export interface Slot {
  readonly user: SlotUser;
  /**
   * Ends the user's processes, removes what it left elsewhere and gives the files back to who had them; gives how many
   * processes would not die. A user with one left is never given to another execution.
   */
  close(): Promise<number>;
}

/** Takes a user and gives it all below `root`. */
export async function openSlot(users: Users, root: string, clock: Clock): Promise<Slot> {
  const user = users.take();
  const own: Owner = { uid: user.uid, gid: user.uid };
  let before: Owner | undefined;
  try {
    before = await handOver(root, uid => !users.owns(uid), own);
  } catch (error) {
    users.give(user);
    throw error;
  }
  const close = async () => {
    const left = await killProcessesOf(user, clock);
    if (before) await giveBack(root, user, before);
    // after that: its own files may be among them
    await removeAs(user, OPEN_TO_ALL);
    if (left === 0) users.give(user);
    return left;
  };
  return { user, close };
}

async function giveBack(root: string, user: SlotUser, before: Owner): Promise<void> {
  const isUser = (uid: number) => uid === user.uid;
  try {
    await handOver(root, isUser, before);
  } catch {
    // made to be in the way: what can't be walked is not kept
    await removeAs(user, [root]);
    await handOver(root, isUser, before).catch(() => undefined); // runtimed tells what it can't read
  }
}
