/** What an Event tells, and of what. */
export interface EventInfo {
  readonly kind: 'Run' | 'Runtime';
  readonly meaning: string;
}

/**
 * The one table of Events: all are Warnings, told once per cause and counted up. Where the API server refuses an object
 * or a Pod, its own reason is the Event's; those that come up most stand here.
 */
export const EVENT_REASONS = {
  PodLost: { kind: 'Run', meaning: 'its Pod is gone; the message says whether another attempt follows' },
  ArtifactsLeft: {
    kind: 'Run',
    meaning: 'it was deleted, and what it has in the ArtifactStore could not be; the message says where that is',
  },
  NameTaken: { kind: 'Runtime', meaning: 'an object of a name that the Runtime needs belongs to something else' },
  Invalid: { kind: 'Runtime', meaning: 'the API server refuses the template; the message is its own' },
  Forbidden: {
    kind: 'Runtime',
    meaning: 'a quota, a policy or missing rights refuse an object; the message tells which',
  },
  FailedCreate: { kind: 'Runtime', meaning: 'its Pods are refused, as by a quota or Pod Security' },
  PodFailing: { kind: 'Runtime', meaning: 'a container does not start: its image, its configuration, or it crashes' },
  ProgressDeadlineExceeded: { kind: 'Runtime', meaning: 'new Pods do not become ready in time' },
} as const satisfies Record<string, EventInfo>;
