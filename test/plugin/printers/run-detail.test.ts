import { expect } from 'chai';
import type { KubeEvent } from '../../../crds/client/resources.ts';
import { runDetailText } from '../../../plugin/printers/run-detail.ts';
import type { RunDescription } from '../../../plugin/services/describe/describe-run.ts';
import { makeRun } from '../../builders/run.ts';
import { makeRuntime } from '../../builders/runtime.ts';
import { NOW } from '../harness.ts';

const bash = makeRuntime('bash')
  .status({ readyReplicas: 2, slots: { total: 8, used: 8 } })
  .obj();
const text = (description: Partial<RunDescription> & Pick<RunDescription, 'run'>, colour = false) =>
  runDetailText({ runtime: bash, events: { events: [] }, ...description }, { now: NOW, colour, bin: 'krt' });
const lines = (...expected: string[]) => expected.map(line => `${line}\n`).join('');

/** A Run that waits, as the scheduler says. */
const waiting = (reason: string, message: string) => {
  const condition = { type: 'Scheduled', status: 'False' as const, reason, message };
  return makeRun('a').status({ conditions: [{ ...condition, lastTransitionTime: '2026-01-01T00:04:00Z' }] });
};

describe('the description of a Run', () => {
  it('says how it stands, what it is, and what came of it', () => {
    const run = makeRun('hello')
      .meta({
        labels: { team: 'a', x: '1' },
        annotations: { note: 'mine', 'kruntimes.io/submission': 'x', 'kubectl.kubernetes.io/y': 'z' },
      })
      .spec({
        source: { inline: 'echo "$1"\nexit 3\n' },
        entrypoint: 'jobs/hello.sh',
        args: ['--name', 'two words', "it's"],
        env: { A: '1', B: 'x y' },
        timeout: '1m30s',
        retryPolicy: { maxAttempts: 3, backoff: '2s', retryableReasons: ['ExitCode', 'PodLost'] },
        priority: 5,
        ttlSecondsAfterFinished: 60,
        resources: { requests: { gpu: 1 } },
      })
      .running('bash-1')
      .status({
        attempt: 2,
        exitCode: 3,
        reason: 'ExitCode',
        outputs: { result: 'ok', text: 'a\nb' },
        artifactRefs: [
          {
            name: 'out.txt',
            type: 'file',
            driver: 'filesystem',
            location: 'x',
            sizeBytes: 12,
            digest: 'sha256:abc',
            createdAt: '2026-01-01T00:00:01Z',
          },
        ],
        attempts: [
          {
            attempt: 1,
            reason: 'PodLost',
            pod: 'bash-0',
            startTime: '2026-01-01T00:00:00.000000Z',
            completionTime: '2026-01-01T00:00:00.250000Z',
          },
          { attempt: 2, reason: 'ExitCode', pod: 'bash-1', exitCode: 3 },
        ],
      })
      .ended('Failed')
      .obj();
    const event: KubeEvent = {
      metadata: { name: 'e', namespace: 'default' },
      involvedObject: { kind: 'Run', name: 'hello' },
      type: 'Warning',
      reason: 'PodLost',
      message: 'Pod bash-0 is gone',
      count: 2,
      firstTimestamp: '2026-01-01T00:00:00Z',
      lastTimestamp: '2026-01-01T00:01:00Z',
      source: { component: 'krt-controller' },
    };
    expect(text({ run, events: { events: [event] } })).to.equal(
      lines(
        'Name:         hello',
        'Namespace:    default',
        'Labels:       team=a',
        '              x=1',
        'Annotations:  note: mine',
        'Runtime:      bash (2 of 2 Pods ready, 8 of 8 slots used)',
        'Phase:        Failed',
        'Reason:       ExitCode: the program exited with a code that is not 0',
        'Exit Code:    3',
        'Attempt:      2 of 3',
        'Pod:          bash-1',
        'Created:      2026-01-01T00:00:00Z (5m ago)',
        'Scheduled:    2026-01-01T00:00:00.010000Z (4m59s ago)',
        'Started:      2026-01-01T00:00:00.020000Z (4m59s ago)',
        'Completed:    2026-01-01T00:00:01.000000Z (4m59s ago), it took 980ms',
        'Entrypoint:   jobs/hello.sh',
        `Args:         --name 'two words' 'it'\\''s'`,
        'Env:          A=1',
        '              B=x y',
        'Timeout:      1m30s',
        'Retry:        up to 3 attempts, back-off 2s, on ExitCode, PodLost',
        'Requests:     gpu=1, runs=1',
        'Priority:     5',
        'Deleted:      60s after its end',
        'Script:',
        '  echo "$1"',
        '  exit 3',
        'Attempts:',
        '  NUMBER   REASON     EXIT   POD      TOOK',
        '  1        PodLost           bash-0   250ms',
        '  2        ExitCode   3      bash-1   ',
        'Outputs:',
        '  result:  ok',
        '  text:    a',
        '           b',
        'Artifacts:',
        '  NAME      TYPE   BYTES   DIGEST',
        '  out.txt   file   12      sha256:abc',
        'Events:',
        '  TYPE      REASON    AGE               FROM             MESSAGE',
        '  Warning   PodLost   4m (x2 over 5m)   krt-controller   Pod bash-0 is gone',
      ),
    );
  });

  for (const [title, description, expected] of [
    [
      'no slot is free',
      { run: waiting('NoFreeSlot', 'all 8 slots of Runtime bash are taken').obj() },
      [
        'Waiting:     NoFreeSlot: all 8 slots of Runtime bash are taken (for 60s)',
        'What to do:  it is next when a slot is free; for more slots: kubectl scale runtime/bash --replicas=3 -n default',
      ],
    ],
    [
      'others wait before it',
      {
        run: waiting('NoFreeSlot', 'every slot is taken').obj(),
        pool: { pods: [], runs: [makeRun('b').spec({ priority: 1 }).obj(), waiting('NoFreeSlot', '').obj()] },
      },
      [
        'Waiting:     NoFreeSlot: every slot is taken (for 60s)',
        'What to do:  1 of 2 waiting Runs goes before it; for more slots: kubectl scale runtime/bash --replicas=3 -n default',
      ],
    ],
    [
      'there is no such Runtime',
      { run: waiting('RuntimeNotFound', '').obj(), runtime: 'missing' as const },
      [
        'Waiting:     RuntimeNotFound: there is no Runtime of that name in the namespace (for 60s)',
        'What to do:  see which there are: krt runtime list -n default',
      ],
    ],
    [
      'there is no such Runtime, and no scheduler to say so',
      { run: makeRun('a').obj(), runtime: 'missing' as const },
      [
        'Waiting:     there is no Runtime "bash" in namespace default',
        'What to do:  see which there are: krt runtime list -n default',
      ],
    ],
    [
      'its Runtime is scaled to 0',
      { run: waiting('RuntimeScaledToZero', '').obj() },
      [
        'Waiting:     RuntimeScaledToZero: the Runtime has 0 replicas (for 60s)',
        'What to do:  give it Pods: kubectl scale runtime/bash --replicas=1 -n default',
      ],
    ],
    [
      'no Pod is ready',
      { run: waiting('NoReadyPod', '').obj() },
      [
        'Waiting:     NoReadyPod: no Pod of the Runtime is ready (for 60s)',
        'What to do:  see why: krt runtime describe bash -n default',
      ],
    ],
    [
      'it asks for too much',
      { run: waiting('RequestTooLarge', '').requests({ runs: 9 }).obj() },
      [
        'Waiting:     RequestTooLarge: the Run asks for more than any Pod of the Runtime offers (for 60s)',
        'What to do:  it asks for runs=9; a Pod offers runs=4',
      ],
    ],
    [
      'it backs off',
      { run: waiting('BackOff', 'attempt 2 waits').status({ nextAttemptTime: '2026-01-01T00:05:30Z' }).obj() },
      [
        'Waiting:     BackOff: attempt 2 waits (for 60s)',
        'What to do:  the next attempt is due at 2026-01-01T00:05:30Z',
      ],
    ],
    [
      'no slot is free, and the scheduler is about to say so',
      { run: makeRun('a').obj() },
      [
        'Waiting:     every slot is taken',
        'What to do:  it is next when a slot is free; for more slots: kubectl scale runtime/bash --replicas=3 -n default',
      ],
    ],
    [
      'nobody has looked at it',
      { run: makeRun('a').obj(), runtime: makeRuntime('bash').obj() },
      [
        'Waiting:     the scheduler has not said why',
        'What to do:  is it running? see: krt local status, or kubectl get pods -A',
      ],
    ],
  ] as const) {
    it(`says why a Run waits, and what to do, when ${title}`, () => {
      const shown = text(description).split('\n');
      expect(shown.filter(line => /^(Waiting|What to do):/.test(line))).to.deep.equal(expected);
    });
  }

  it('leaves out what there is not', () => {
    const run = makeRun('a').spec({ source: { repoURL: 'https://example.com/r.git', commitSHA: 'a'.repeat(40) } });
    const shown = text({ run: run.running('p').obj(), runtime: undefined, events: { why: 'events is forbidden' } });
    expect(shown).to.equal(
      lines(
        'Name:       a',
        'Namespace:  default',
        'Runtime:    bash',
        'Phase:      Running',
        'Attempt:    1 of 1',
        'Pod:        p',
        'Created:    2026-01-01T00:00:00Z (5m ago)',
        'Scheduled:  2026-01-01T00:00:00.010000Z (4m59s ago)',
        'Started:    2026-01-01T00:00:00.020000Z (4m59s ago)',
        `Source:     https://example.com/r.git at ${'a'.repeat(40)}`,
        'Events:  <not shown: events is forbidden>',
      ),
    );
  });

  it('shows the first 20 lines of a long program', () => {
    const inline = Array.from({ length: 30 }, (_, i) => `line ${i + 1}`).join('\n');
    const shown = text({ run: makeRun('a').spec({ source: { inline } }).obj() });
    expect(shown).to.include('  line 20\n  ... 10 more lines\nEvents:');
    expect(shown).to.not.include('line 21');
  });

  it('lets nothing of the cluster reach a terminal, and colours the phase there', () => {
    const run = makeRun('a').status({ phase: 'Failed', message: 'x\u001b[2J', outputs: { k: '\u0007' } });
    const shown = text({ run: run.obj() }, true);
    expect(shown).to.include('Message:    x^[[2J\n').and.include('  k:  ^G\n');
    expect(shown).to.include('Phase:      \u001b[31mFailed\u001b[39m\n');
  });
});
