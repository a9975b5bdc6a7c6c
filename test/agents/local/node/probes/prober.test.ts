import { expect } from 'chai';
import type { Probe } from '../../../../../agents/local/node/pod/spec.ts';
import type { ProbeResult } from '../../../../../agents/local/node/probes/probe-state.ts';
import { probeForEver } from '../../../../../agents/local/node/probes/prober.ts';
import { FakeClock } from '../../../../fakes/clock.ts';

type Check = (signal: AbortSignal) => Promise<ProbeResult>;

/** A prober on a clock that stands still, with all that it looked at and told: seconds since its start. */
function start(probe: Probe, check: Check) {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  const looks: number[] = [];
  const told: string[] = [];
  const failures: string[] = [];
  const seconds = () => clock.now() / 1000;
  const over = probeForEver({
    ...{ probe, clock, signal: stop.signal },
    check: signal => {
      looks.push(seconds());
      return check(signal);
    },
    onVerdict: (ok, message) => told.push(`${seconds()} ${ok ? 'ok' : `failed: ${message}`}`),
    onFailure: message => failures.push(`${seconds()} ${message}`),
  });
  return {
    ...{ clock, looks, told, failures },
    end: async () => {
      stop.abort();
      await over;
      expect(clock.sleeping, 'timers that are left').to.equal(0);
    },
  };
}

const http: Probe = { httpGet: { port: 80 } };
const passes: Check = async () => ({ ok: true, message: '' });
const fails: Check = async () => ({ ok: false, message: 'refused' });

/** Passes at those looks, counted from 0. */
function passesAt(...places: number[]): Check {
  let look = -1;
  return async () => {
    look += 1;
    return { ok: places.includes(look), message: 'refused' };
  };
}

describe('probeForEver', () => {
  it('looks at once where there is no delay, then with each period, and tells a verdict once', async () => {
    const prober = start(http, passes);
    await prober.clock.advance(25_000);
    expect(prober.looks).to.deep.equal([0, 10, 20]);
    expect(prober.told).to.deep.equal(['0 ok']);
    await prober.end();
  });

  it('waits before the first look', async () => {
    const prober = start({ ...http, initialDelaySeconds: 7, periodSeconds: 5 }, passes);
    await prober.clock.advance(6_999);
    expect(prober.looks).to.deep.equal([]);
    await prober.clock.advance(10_000);
    expect(prober.looks).to.deep.equal([7, 12]);
    await prober.end();
  });

  it('looks often until the first success, though only the looks of the period count as failures', async () => {
    const prober = start({ ...http, periodSeconds: 1 }, passesAt(14, 15));
    await prober.clock.advance(1_950);
    expect(prober.looks.slice(0, 4)).to.deep.equal([0, 0.1, 0.2, 0.3]);
    expect(prober.told).to.deep.equal(['1.4 ok']);
    expect(prober.failures).to.deep.equal(['0 refused', '1 refused']);
    await prober.clock.advance(3_000);
    expect(prober.looks.slice(14), 'after it').to.deep.equal([1.4, 2.4, 3.4, 4.4]);
    await prober.end();
  });

  it('allows the failures of the threshold, a period each, and then tells of them', async () => {
    const prober = start({ ...http, periodSeconds: 2, failureThreshold: 3 }, fails);
    await prober.clock.advance(20_000);
    expect(prober.told).to.deep.equal(['4 failed: refused']);
    await prober.end();
  });

  it('starts no program more often than its period says', async () => {
    const prober = start({ exec: { command: ['true'] }, periodSeconds: 1 }, fails);
    await prober.clock.advance(2_500);
    expect(prober.looks).to.deep.equal([0, 1, 2]);
    await prober.end();
  });

  it('ends a look whose time is over', async () => {
    const hangs: Check = signal =>
      new Promise(resolve => signal.addEventListener('abort', () => resolve({ ok: false, message: 'timed out' })));
    const prober = start({ ...http, timeoutSeconds: 3, failureThreshold: 1 }, hangs);
    await prober.clock.advance(3_000);
    expect(prober.told).to.deep.equal(['3 failed: timed out']);
    await prober.end();
  });

  it('tells nothing more once it is stopped', async () => {
    const answer = Promise.withResolvers<ProbeResult>();
    const prober = start(http, () => answer.promise);
    await prober.clock.advance(0);
    const end = prober.end();
    answer.resolve({ ok: true, message: '' });
    await end;
    expect(prober.told).to.deep.equal([]);
  });
});
