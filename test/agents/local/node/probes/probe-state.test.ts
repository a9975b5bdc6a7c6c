import { expect } from 'chai';
import { afterResult, type ProbeState, UNKNOWN } from '../../../../../agents/local/node/probes/probe-state.ts';

describe('the state of a probe', () => {
  /** Verdicts after each result: `+` passed, `-` failed; `?` while there is none. */
  function verdicts(results: string, probe: object): string {
    let state: ProbeState = UNKNOWN;
    return [...results]
      .map(result => {
        state = afterResult(state, { ok: result === '+', message: '' }, probe);
        return state.verdict === undefined ? '?' : state.verdict ? '+' : '-';
      })
      .join('');
  }

  for (const [title, results, probe, expected] of [
    ['one success and three failures by default', '+--+---+', {}, '++++++-+'],
    ['nothing before the threshold of failures', '--+', {}, '??+'],
    ['failures in a row alone', '+-+-+--', { failureThreshold: 2 }, '++++++-'],
    ['successes in a row alone', '+-++-', { successThreshold: 2, failureThreshold: 1 }, '?-' + '-+-'],
    ['the first failure where it says so', '-+', { failureThreshold: 1 }, '-+'],
  ] as const) {
    it(`counts ${title}`, () => {
      expect(verdicts(results, probe)).to.equal(expected);
    });
  }
});
