import { Environment } from '@marcbachmann/cel-js';

/**
 * CEL with the extension functions of Kubernetes that rules use beside the standard ones. Variables are dynamic:
 * a rule that reads a field which is not there fails when evaluated, as it does in the real server.
 */
export function celEnvironment(): Environment {
  const env = new Environment({
    unlistedVariablesAreDyn: true,
    enableOptionalTypes: true,
    // the API server budgets rules by cost; these bounds only keep the parser from being the limit
    limits: { maxAstNodes: 100_000, maxDepth: 1_000, maxListElements: 10_000, maxMapEntries: 10_000 },
  });
  env.registerFunction('string.find(string): string', (text: string, pattern: string) => find(text, pattern));
  env.registerFunction('string.findAll(string): list', (text: string, pattern: string) => findAll(text, pattern));
  env.registerFunction('string.replace(string, string): string', (text: string, from: string, to: string) =>
    text.replaceAll(from, () => to),
  );
  env.registerFunction('isURL(string): bool', (text: string) => isUrl(text));
  const parseDuration = new Environment({ unlistedVariablesAreDyn: true }).parse('duration(text)');
  env.registerFunction(`${GO_DURATION}(string): google.protobuf.Duration`, (text: string) => {
    const duration = parseDuration({ text }) as { seconds: bigint };
    if (abs(duration.seconds) > MOST_SECONDS) throw new Error(`Invalid duration string: ${text}`);
    return duration;
  });
  return env;
}

const GO_DURATION = 'goDuration';
/** Go holds durations as nanoseconds in 64 bits: about 292 years. */
const MOST_SECONDS = 2n ** 63n / 10n ** 9n;

/**
 * The rule with `duration` as Go knows it: the library's has no bound, and it lets nobody replace a function of its
 * own. Texts in quotes stay.
 */
export function withGoDurations(rule: string): string {
  const words = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![\w.])duration(?=\s*\()/g;
  return rule.replace(words, word => (word === 'duration' ? GO_DURATION : word));
}

const abs = (value: bigint) => (value < 0n ? -value : value);
const find = (text: string, pattern: string) => new RegExp(pattern, 'u').exec(text)?.[0] ?? '';
const findAll = (text: string, pattern: string) => text.match(new RegExp(pattern, 'gu')) ?? [];
const isUrl = (text: string) => URL.canParse(text) || text.startsWith('/');
