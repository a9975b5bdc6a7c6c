import { expect } from 'chai';
import type { Run, RunSpec } from '../../../crds/v1alpha1/index.ts';
import { isTerminal, phaseOf } from '../../../crds/v1alpha1/index.ts';
import { sh, useWorld } from '../harness/world.ts';

/** A Run, the end it must come to, and what its logs must hold. */
interface Case {
  readonly title: string;
  readonly spec: RunSpec;
  readonly status: Partial<NonNullable<Run['status']>>;
  readonly stdout?: string;
  readonly message?: RegExp;
}

const succeeded = { phase: 'Succeeded', exitCode: 0, reason: 'Completed' } as const;
const failed = (exitCode: number) => ({ phase: 'Failed', exitCode, reason: 'ExitCode' }) as const;
const signalled = (signal: string, exitCode: number) =>
  ({ phase: 'Failed', exitCode, signal, reason: 'Signal' }) as const;
/** Prints each of its arguments in brackets. */
const BRACKETS = `printf '[%s]\\n' "$@"\n`;

const CASES: Case[] = [
  { title: 'an inline script', spec: sh('echo hello\n'), status: succeeded, stdout: 'hello\n' },
  {
    title: 'a script at a nested entrypoint, which its name tells',
    spec: sh('echo "$0"; ls', { entrypoint: 'a/b c/job.sh' }),
    status: succeeded,
    stdout: 'a/b c/job.sh\na\n',
  },
  {
    title: 'args, each of them one word',
    spec: sh(BRACKETS, { args: ['a b', '', '*', '$HOME', "it's", '-n', 'é\n'] }),
    status: succeeded,
    stdout: "[a b]\n[]\n[*]\n[$HOME]\n[it's]\n[-n]\n[é\n]\n",
  },
  {
    title: 'args as a command of the Runtime, without a shell',
    spec: { runtime: 'bash', args: ['printf', '[%s]\n', 'a b', '$(id)'] },
    status: succeeded,
    stdout: '[a b]\n[$(id)]\n',
  },
  {
    title: 'env, values of every kind',
    spec: sh('printf "%s|" "$A" "$B" "$_c1"', { env: { A: 'a=b', B: 'two\nlines', _c1: '' } }),
    status: succeeded,
    stdout: 'a=b|two\nlines||',
  },
  {
    title: 'outputs, the last of one name, with = in the value',
    spec: sh('printf "a=1\\nb=x=y\\nc=\\na=2\\n" >> "$KRUNTIME_OUTPUTS"'),
    status: { ...succeeded, outputs: { a: '2', b: 'x=y', c: '' } },
  },
  {
    title: 'outputs of a program that failed',
    spec: sh('echo step=3 >> "$KRUNTIME_OUTPUTS"; exit 9'),
    status: { ...failed(9), outputs: { step: '3' } },
  },
  {
    title: 'outputs that are no KEY=VALUE lines',
    spec: sh('echo "not an output" >> "$KRUNTIME_OUTPUTS"'),
    status: { phase: 'Failed', reason: 'InvalidOutputs' },
    message: /line 1/,
  },
  {
    title: 'too many outputs',
    spec: sh('for i in $(seq 65); do echo "k$i=v"; done >> "$KRUNTIME_OUTPUTS"'),
    status: { phase: 'Failed', reason: 'OutputsTooLarge' },
    message: /64/,
  },
  { title: 'exit code 1', spec: sh('exit 1'), status: failed(1) },
  { title: 'exit code 42, with what it said before', spec: sh('echo no; exit 42'), status: failed(42), stdout: 'no\n' },
  { title: 'exit code 255', spec: sh('exit 255'), status: failed(255) },
  { title: "bash's own 127 for a command that is not there", spec: sh('no-such-command'), status: failed(127) },
  { title: 'SIGTERM by its own hand', spec: sh('kill -TERM $$; sleep 600'), status: signalled('SIGTERM', 143) },
  { title: 'SIGKILL by its own hand', spec: sh('kill -KILL $$'), status: signalled('SIGKILL', 137) },
  { title: 'SIGSEGV by its own hand', spec: sh('kill -SEGV $$; sleep 600'), status: signalled('SIGSEGV', 139) },
  {
    title: 'a command that the Runtime has not',
    spec: { runtime: 'bash', args: ['no-such-command'] },
    status: { phase: 'Failed', reason: 'InvalidSource' },
    message: /no-such-command/,
  },
  {
    title: 'a script whose interpreter is another',
    spec: sh('#!/bin/sh\necho "by sh: $(readlink /proc/$$/exe)"\n'),
    status: succeeded,
  },
  { title: 'a script that ends without a newline', spec: sh('printf end'), status: succeeded, stdout: 'end' },
  { title: 'a script without output', spec: sh('true'), status: succeeded, stdout: '' },
  {
    title: 'a child that keeps stdout open when the program ends',
    spec: sh('sleep 600 & echo done'),
    status: succeeded,
    stdout: 'done\n',
  },
  {
    title: 'stdin that holds nothing',
    spec: sh('cat; echo "cat: $?"'),
    status: succeeded,
    stdout: 'cat: 0\n',
  },
];

describe('a Run ends as its program did', () => {
  const world = useWorld('outcomes');
  let names: string[] = [];

  before(async () => {
    names = await Promise.all(CASES.map(({ spec }) => world.submit(spec)));
  });

  for (const [i, { title, status, stdout, message }] of CASES.entries()) {
    it(title, async () => {
      const run = await world.ended(names[i]!);
      expect(run.status).to.deep.include(status);
      if (message) expect(run.status?.message).to.match(message);
      if (stdout === undefined) return;
      const logs = await world.krt(['logs', names[i]!]);
      expect([logs.code, logs.stdout], logs.stderr).to.deep.equal([0, stdout]);
    });
  }

  it('leaves a status that tells the whole story', async () => {
    const { status } = await world.ended(names[1]!);
    expect(status).to.include.keys('scheduledTime', 'startTime', 'completionTime', 'assignedPodUID', 'logRef');
    expect(status?.attempt).to.equal(1);
    expect(world.pods.history(status!.assignedPod!).at(-1)?.metadata.uid).to.equal(status?.assignedPodUID);
    const times = [status!.scheduledTime!, status!.startTime!, status!.completionTime!];
    for (const time of times) expect(time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect([...times].sort()).to.deep.equal(times);
    const conditions = status!.conditions!.map(({ type, status }) => `${type}=${status}`);
    expect(conditions.sort()).to.deep.equal(['Finished=True', 'Scheduled=True']);
    expect(status?.attempts).to.have.lengthOf(1);
    expect(status?.attempts?.[0]).to.include({ attempt: 1, reason: 'Completed', pod: status?.assignedPod });
  });

  it('goes through the phases in their order and ends once', async () => {
    for (const name of names) {
      await world.ended(name);
      const versions = world.runs.history(name);
      const phases = versions.map(phaseOf).filter((phase, i, all) => phase !== all[i - 1]);
      expect(phases.slice(0, 2)).to.deep.equal(['Pending', 'Scheduled']);
      expect(phases.filter(isTerminal)).to.have.lengthOf(1);
      expect(versions.filter(isTerminal), name).to.have.lengthOf(1);
    }
  });

  it('tells Running of a program that takes its time', async () => {
    const name = await world.submit(sh('echo up; sleep 600'));
    const running = await world.reaches(name, 'Running');
    expect(running.status?.startTime).to.be.a('string');
    await world.cancel(name);
    expect((await world.ended(name)).status?.phase).to.equal('Cancelled');
  });
});
