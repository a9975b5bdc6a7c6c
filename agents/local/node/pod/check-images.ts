import type { Pod } from '../../../../crds/client/resources.ts';
import { findImage, unknownImage } from '../container/images.ts';
import type { NodeContext } from '../context.ts';
import type { ContainerRecord } from './records.ts';
import { containersOf, initContainersOf } from './spec.ts';

const BACKOFF_MS = 10_000;

/**
 * Lets containers wait whose image this machine does not have, as those of an image that can not be pulled. Gives the
 * instant (Unix milliseconds) at which there is more to tell.
 */
export function checkImages(
  { images, clock, event }: Pick<NodeContext, 'images' | 'clock' | 'event'>,
  pod: Pod,
  recordOf: (name: string) => ContainerRecord,
): number | undefined {
  let wakeAt: number | undefined;
  for (const { name, image = '' } of [...initContainersOf(pod), ...containersOf(pod)]) {
    const record = recordOf(name);
    if (record.state !== 'waiting' || findImage(images, image)) continue;
    if (record.reason === 'ContainerCreating') {
      Object.assign(record, { reason: 'ErrImagePull', message: unknownImage(images, image) });
      record.notBefore = clock.now() + BACKOFF_MS;
      event(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${record.message}`);
    } else if (clock.now() >= record.notBefore) record.reason = 'ImagePullBackOff';
    if (record.reason === 'ErrImagePull') wakeAt = Math.min(record.notBefore, wakeAt ?? record.notBefore);
  }
  return wakeAt;
}
