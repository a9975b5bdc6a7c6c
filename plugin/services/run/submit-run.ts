import { ApiError, ConnectionError, isAlreadyExists } from '../../../crds/client/api-error.ts';
import type { Clock } from '../../../crds/client/clock.ts';
import type { ResourceClient } from '../../../crds/client/resource-client.ts';
import { ANNOTATION_SUBMISSION } from '../../../crds/v1alpha1/names.ts';
import type { Run } from '../../../crds/v1alpha1/run.ts';
import { completeName } from './run-name.ts';

/** What submitting needs. */
export interface SubmitDeps {
  readonly runs: ResourceClient<Run>;
  readonly namespace: string;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

const TRIES = 5;
const FIRST_DELAY_MS = 200;

/**
 * Creates `draft` and gives the server's copy. Where the answer is lost the request is sent again, and makes no second
 * Run: the name is chosen here, and a mark of this submission tells our Run from another of that name.
 */
export async function submitRun(draft: Run, deps: SubmitDeps): Promise<Run> {
  const { runs, namespace, clock, random, signal } = deps;
  const mark = completeName('', random) + completeName('', random);
  const make = () => marked(nameRun(draft, random), namespace, mark);
  let run = make();
  let perhapsMade = false;
  for (let tries = 1; ; tries++) {
    let failure: unknown;
    try {
      return await runs.create(run, { fieldValidation: 'Strict', signal });
    } catch (error) {
      failure = error;
    }
    const isLast = tries === TRIES;
    if (isAlreadyExists(failure)) {
      const made = perhapsMade ? await findOurs(run, mark, deps) : undefined;
      if (made) return made;
      if (draft.metadata.name !== undefined || isLast) throw failure;
      run = make();
      continue;
    }
    if (isLast || !mayRetry(failure)) throw failure;
    perhapsMade = true;
    const asked = failure instanceof ApiError ? failure.retryAfterMs : undefined;
    await clock.sleep(asked ?? FIRST_DELAY_MS * 2 ** (tries - 1), signal);
  }
}

/** What the server makes of `draft`, without storing it. */
export function previewRun(draft: Run, { runs, namespace, random, signal }: SubmitDeps): Promise<Run> {
  const run = nameRun(draft, random);
  const placed = { ...run, metadata: { ...run.metadata, namespace } };
  return runs.create(placed, { fieldValidation: 'Strict', dryRun: true, signal });
}

/** `draft` with its name, made up where it has only the beginning of one. */
export function nameRun(draft: Run, random: () => number): Run {
  const { generateName = '', name = completeName(generateName, random), ...metadata } = draft.metadata;
  return { ...draft, metadata: { name, ...metadata } };
}

function marked(run: Run, namespace: string, mark: string): Run {
  const { annotations, ...metadata } = run.metadata;
  return {
    ...run,
    metadata: { ...metadata, namespace, annotations: { ...annotations, [ANNOTATION_SUBMISSION]: mark } },
  };
}

async function findOurs({ metadata }: Run, mark: string, { runs, signal }: SubmitDeps): Promise<Run | undefined> {
  const found = await runs.get(metadata.name!, metadata.namespace, { signal });
  return found.metadata.annotations?.[ANNOTATION_SUBMISSION] === mark ? found : undefined;
}

/** Whether a second try may do better: not where no server was reached at all, which the user had better hear at once. */
function mayRetry(error: unknown): boolean {
  if (error instanceof ConnectionError)
    return ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED'].includes(error.code);
  return error instanceof ApiError && (error.status === 429 || error.status >= 500);
}
