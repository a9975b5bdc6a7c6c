import { constants } from 'node:os';
import { expect } from 'chai';
import {
  endingOf,
  lostEnding,
  newRecord,
  recordEnding,
  recordStart,
} from '../../../../../agents/local/node/pod/records.ts';
import { ending } from './records.ts';

describe('recordEnding', () => {
  it('starts again at once, then after 10 seconds, doubled each time, to five minutes', () => {
    const record = newRecord('a');
    const waits = [];
    for (let i = 0; i < 8; i++) {
      const { finishedAt, ...rest } = ending();
      recordEnding(record, { ...rest, finishedAt });
      waits.push((record.notBefore - finishedAt) / 1000);
    }
    expect(waits).to.deep.equal([0, 10, 20, 40, 80, 160, 300, 300]);
  });

  it('begins anew after ten minutes without a failure', () => {
    const record = newRecord('a');
    for (let i = 0; i < 4; i++) recordEnding(record, ending());
    const long = ending({ finishedAt: ending().startedAt + 600_000 });
    recordEnding(record, long);
    expect(record.notBefore).to.equal(long.finishedAt);
    recordEnding(record, ending());
    expect(record.notBefore).to.equal(ending().finishedAt + 10_000);
  });

  it('leaves nothing of the instance behind but its end', () => {
    const record = newRecord('a');
    recordStart(record, { mark: 1, pid: 2 }, 5);
    Object.assign(record, { started: true, ready: true });
    recordEnding(record, ending());
    expect(record).to.deep.include({
      state: 'ended',
      ending: ending(),
      started: false,
      ready: false,
      process: undefined,
    });
  });
});

describe('recordStart', () => {
  it('counts restarts, not starts, and keeps how the instance before ended', () => {
    const record = newRecord('a');
    recordStart(record, { mark: 1 }, 5);
    expect(record).to.deep.include({
      state: 'running',
      restarts: 0,
      startedAt: 5,
      process: { mark: 1 },
    });
    recordEnding(record, ending({ exitCode: 3 }));
    recordStart(record, { mark: 2 }, 9);
    expect(record).to.deep.include({ state: 'running', restarts: 1, startedAt: 9, last: ending({ exitCode: 3 }) });
    expect(record.ending).to.equal(undefined);
  });
});

describe('endingOf', () => {
  for (const [title, exit, told] of [
    ['a success', { code: 0 }, { exitCode: 0, reason: 'Completed' }],
    ['an exit code', { code: 3 }, { exitCode: 3, reason: 'Error' }],
    [
      'a signal as 128 and its number',
      { signal: 'SIGKILL' },
      { exitCode: 128 + constants.signals.SIGKILL, reason: 'Error' },
    ],
    ['what could not be started', { failure: 'no room' }, { exitCode: 128, reason: 'StartError', message: 'no room' }],
  ] as const) {
    it(`tells ${title}`, () => {
      expect(endingOf(exit, 1, 2)).to.deep.equal({ ...told, startedAt: 1, finishedAt: 2 });
    });
  }

  it('counts as killed what ran when its daemon was', () => {
    expect(lostEnding(1, 2)).to.deep.include({ exitCode: 137, reason: 'Error', startedAt: 1, finishedAt: 2 });
  });
});
