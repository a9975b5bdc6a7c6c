import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ContainerUsage } from '../../../../../agents/runtimes/lib/limits/container-usage.ts';
import { Watchdog } from '../../../../../agents/runtimes/lib/limits/watchdog.ts';
import { FakeClock, settle } from '../../../../fakes/clock.ts';

const MIB = 1024 * 1024;
/** Beyond what any machine gives out: the real /proc tells nothing of them. */
const NO_PID = 2 ** 30;

describe('the watchdog', () => {
  let clock: FakeClock;
  let looks: number;
  let container: ContainerUsage;
  /** What each mark uses: threads and bytes of each of its processes. */
  let processes: Record<string, [threads: number, bytes: number][]>;
  let watchdog: Watchdog;
  let told: string[];
  let root: string;
  beforeEach(() => {
    clock = new FakeClock();
    looks = 0;
    container = {};
    processes = {};
    told = [];
    root = mkdtempSync(join(tmpdir(), 'krt-watchdog-'));
    const all = () =>
      Object.entries(processes).flatMap(([mark, list]) => list.map(([threads, bytes]) => ({ mark, threads, bytes })));
    watchdog = new Watchdog({
      limits: { memory: 100 * MIB, processes: 10, disk: 40_000 },
      proc: {
        pids() {
          looks++;
          return all().map((_, i) => NO_PID + i);
        },
        lockLimit: pid => all()[pid - NO_PID]?.mark,
      },
      usage: pid => all()[pid - NO_PID],
      container: () => container,
      freezer: { stop: () => told.push('stop'), goOn: () => told.push('go on') },
      clock,
    });
  });
  afterEach(() => rmSync(root, { recursive: true }));

  /** Watches an execution; gives what ends it. */
  function watch(mark: string | undefined) {
    const over = Promise.withResolvers<void>();
    watchdog.watch(
      { mark: () => mark, root, exceed: (reason, message) => told.push(`${mark} ${reason}: ${message}`) },
      over.promise,
    );
    return over.resolve;
  }

  it('looks at what runs, and not at all when nothing does', async () => {
    const end = watch('1');
    await clock.advance(1000);
    expect(looks).to.equal(4);
    end();
    await settle();
    await clock.advance(10_000);
    expect(looks).to.equal(4);
    watch('2');
    await clock.advance(250);
    expect(looks).to.equal(5);
  });

  it('never looks at an execution that is over at once', async () => {
    watch('1')();
    await clock.advance(10_000);
    expect(looks).to.equal(0);
  });

  it('ends what has too many processes, threads counted, and nobody else', async () => {
    processes = {
      '1': [
        [6, 0],
        [5, 0],
      ],
      '2': [[10, 0]],
      '3': [[99, 0]],
    };
    watch('1');
    watch('2');
    watch(undefined);
    await clock.advance(250);
    expect(told).to.deep.equal(['1 ProcessesExceeded: more than 10 processes and threads at once']);
  });

  it('ends what uses too much memory in all its processes together', async () => {
    processes = {
      '1': [
        [1, 60 * MIB],
        [1, 60 * MIB],
      ],
      '2': [[1, 100 * MIB]],
    };
    watch('1');
    watch('2');
    await clock.advance(250);
    expect(told).to.deep.equal(['1 OutOfMemory: it used 120Mi of memory; 100Mi are allowed']);
  });

  it('ends the greediest when the container runs out, before the kernel ends them all', async () => {
    processes = { '1': [[1, 30 * MIB]], '2': [[1, 50 * MIB]] };
    watch('1');
    const end = watch('2');
    container = { memory: { used: 90 * MIB, limit: 100 * MIB } };
    await clock.advance(250);
    expect(told).to.deep.equal([]);
    container = { memory: { used: 93 * MIB, limit: 100 * MIB } };
    await clock.advance(25);
    expect(told).to.deep.equal([
      'stop',
      "2 OutOfMemory: the container's 100Mi ran out; it used most of it: 50Mi",
      'go on',
    ]);
    // what it used is not free yet
    delete processes['2'];
    await clock.advance(1000);
    expect(told).to.have.length(3);
    end();
    await settle();
    await clock.advance(25);
    expect(told[4]).to.equal("1 OutOfMemory: the container's 100Mi ran out; it used most of it: 30Mi");
  });

  it('ends nobody else for the room that one makes who had too many processes', async () => {
    processes = { '1': [[11, 10 * MIB]], '2': [[1, 50 * MIB]] };
    const end = watch('1');
    watch('2');
    container = { memory: { used: 93 * MIB, limit: 100 * MIB } };
    await clock.advance(250);
    expect(told).to.deep.equal(['stop', '1 ProcessesExceeded: more than 10 processes and threads at once', 'go on']);
    delete processes['1'];
    end();
    await settle();
    await clock.advance(25);
    expect(told[4]).to.match(/^2 OutOfMemory: the container's 100Mi ran out/);
  });

  it('stops all and looks at once when the container has far more processes than at the last look', async () => {
    processes = { '1': [[11, 0]] };
    watch('1');
    container = { processes: 30 };
    await clock.advance(25);
    expect([looks, told]).to.deep.equal([0, []]);
    container = { processes: 65 };
    await clock.advance(25);
    expect(told).to.deep.equal(['stop', '1 ProcessesExceeded: more than 10 processes and threads at once', 'go on']);
    await clock.advance(200);
    expect(looks).to.equal(1);
  });

  it('ends what fills the disk', async () => {
    watch('1');
    await clock.advance(1000);
    for (let i = 0; i < 20; i++) await settle();
    expect(told).to.deep.equal([]);
    writeFileSync(join(root, 'hog'), Buffer.alloc(50_000));
    for (let i = 0; told.length === 0 && i < 100; i++) {
      await clock.advance(1000);
      // counting files is real work, for which the clock stands still
      for (let j = 0; told.length === 0 && j < 200; j++) await settle();
    }
    expect(told[0]).to.equal('1 DiskExceeded: its files take more than the 39.1Ki that are allowed');
  });
});
