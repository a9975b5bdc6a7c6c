import { expect } from 'chai';
import type { Run } from '../../../../crds/v1alpha1/run.ts';
import { LoadBoard } from '../../../../plugin/services/top/load-board.ts';
import { makeRun } from '../../../builders/run.ts';
import { makeRuntime } from '../../../builders/runtime.ts';

const NOW = Date.parse('2026-01-01T00:01:00Z');
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

/** A board with Runtime bash, of two Pods with four slots each, and with `runs`. */
function boardOf(...runs: Run[]): LoadBoard {
  const board = new LoadBoard(60_000);
  const status = { readyReplicas: 1, slots: { total: 8, used: 0 } };
  board.takeRuntimes({ objects: [makeRuntime('bash').status(status).obj()], gone: false });
  board.takeRuns({ objects: runs, gone: false });
  return board;
}

describe('the loads of Runtimes', () => {
  it('are those of a Runtime at rest, where nothing happens', () => {
    expect(boardOf().loads(NOW)).to.deep.equal([
      {
        ...{ namespace: 'default', name: 'bash', pods: { ready: 1, wanted: 2 }, slots: { used: 0, total: 8 } },
        ...{ waiting: 0, longestWaitMs: undefined, ended: 0, failed: 0, medianMs: undefined },
      },
    ]);
  });

  it('count the slots that Runs hold, and the Runs that wait with the longest wait', () => {
    const board = boardOf(
      makeRun('a').running('p').requests({ runs: 3 }).obj(),
      makeRun('b').scheduled('p').obj(),
      makeRun('c').created(at(-30)).obj(),
      makeRun('d').created(at(-7)).obj(),
    );
    expect(board.loads(NOW)[0]).to.deep.include({
      ...{ slots: { used: 4, total: 8 }, waiting: 2, longestWaitMs: 30_000 },
    });
  });

  it('count the wait for another attempt from the end of the one before', () => {
    const conditions = [
      { type: 'Scheduled', status: 'False' as const, reason: 'BackOff', message: '', lastTransitionTime: at(-4) },
    ];
    const again = makeRun('a').created(at(-600)).status({ attempt: 1, conditions }).obj();
    expect(boardOf(again).loads(NOW)[0]).to.include({ longestWaitMs: 4000 });
  });

  it('are of no Runtime where Runs wait for one that is missing', () => {
    const [, missing] = boardOf(makeRun('a').runtime('python').obj()).loads(NOW);
    expect(missing).to.deep.include({ name: 'python', pods: undefined, slots: { used: 0, total: 0 }, waiting: 1 });
  });

  it('count what ended in the window, once, and forget it when the window has moved on', () => {
    const ended = (name: string, phase: 'Succeeded' | 'Failed', seconds: number) =>
      makeRun(name)
        .status({ scheduledTime: at(seconds - 2) })
        .ended(phase, at(seconds))
        .obj();
    const runs = [
      ended('a', 'Succeeded', -61),
      ended('b', 'Failed', -50),
      ended('c', 'Succeeded', -10),
      ended('d', 'Succeeded', -1),
    ];
    const board = boardOf(...runs);
    board.takeRuns({ objects: runs, gone: false });
    expect(board.loads(NOW)[0]).to.include({ ended: 3, failed: 1, medianMs: 2000 });
    expect(board.loads(NOW + 20_000)[0]).to.include({ ended: 2, failed: 0 });
    expect(board.loads(NOW + 90_000)[0]).to.include({ ended: 0, failed: 0, medianMs: undefined });
  });

  it('count a Run that ended and was deleted; one that was deleted before leaves nothing', () => {
    const [a, b] = [makeRun('a').running('p').obj(), makeRun('b').running('p').obj()];
    const board = boardOf(a, b);
    const ended = makeRun('a').running('p').ended('Succeeded', at(-1)).obj();
    board.takeRuns({ objects: [ended], gone: false });
    board.takeRuns({ objects: [ended, b], gone: true });
    expect(board.loads(NOW)[0]).to.deep.include({ slots: { used: 0, total: 8 }, ended: 1 });
  });

  it('are in order of namespace and name, without a Runtime that is gone', () => {
    const board = boardOf();
    const others = [makeRuntime('zsh').obj(), makeRuntime('a').meta({ namespace: 'a' }).obj()];
    board.takeRuntimes({ objects: others, gone: false });
    const names = () => board.loads(NOW).map(({ namespace, name }) => `${namespace}/${name}`);
    expect(names()).to.deep.equal(['a/a', 'default/bash', 'default/zsh']);
    board.takeRuntimes({ objects: [others[0]!], gone: true });
    expect(names()).to.deep.equal(['a/a', 'default/bash']);
  });
});
