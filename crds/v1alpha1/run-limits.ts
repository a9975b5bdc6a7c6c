import type { Container, Runtime } from './runtime.ts';

/** What one Run may use where its Runtime says nothing; artifacts alone may take 8 GiB of the disk's. */
export const DEFAULT_RUN_LIMITS = { processes: 512, disk: '10Gi' } as const;

/** The limits that hold for each Run of a Runtime; no `memory`: there is no limit of its own. */
export interface RunLimits {
  readonly processes: number;
  readonly disk: string;
  readonly memory?: string;
}

/** Of the container's memory, what one Run gets: the rest keeps the Runtime Server and the neighbours well. */
const MEMORY_SHARE = 0.75;

/** The limits of each Run of `runtime`, as quantities. */
export function runLimitsOf({ spec }: Pick<Runtime, 'spec'>): RunLimits {
  const ofContainer = memoryLimitOf(spec.template.spec.containers[0]);
  const share = ofContainer && `${Math.floor((ofContainer * MEMORY_SHARE) / 2 ** 20)}Mi`;
  const memory = spec.limits?.memory ?? share;
  return { ...DEFAULT_RUN_LIMITS, ...spec.limits, ...(memory && { memory }) };
}

const FACTORS: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** The number that a quantity of Kubernetes stands for; undefined for what is none. */
export function parseQuantity(text: string): number | undefined {
  const [, digits, suffix = ''] = /^(\d+(?:\.\d*)?|\.\d+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (FACTORS[suffix] ?? 1);
}

function memoryLimitOf(container: Container | undefined): number | undefined {
  const { limits } = (container?.['resources'] ?? {}) as { limits?: { memory?: unknown } };
  return limits?.memory === undefined ? undefined : parseQuantity(String(limits.memory));
}
