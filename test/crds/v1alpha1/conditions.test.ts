import { expect } from 'chai';
import { findCondition, setCondition } from '../../../crds/v1alpha1/conditions.ts';
import { microTime, secondTime } from '../../../crds/v1alpha1/time.ts';

const FIRST = '2026-01-01T00:00:00Z';
const LATER = '2026-01-01T00:01:00Z';
const scheduled = { type: 'Scheduled', status: 'True' as const, reason: 'Bound', message: 'on pod a' };

describe('setCondition', () => {
  it('adds a condition of a new type at the end', () => {
    const finished = { ...scheduled, type: 'Finished' };
    const types = setCondition(setCondition(undefined, scheduled, FIRST), finished, LATER).map(c => c.type);
    expect(types).to.deep.equal(['Scheduled', 'Finished']);
  });

  it('keeps the transition time when only the words change', () => {
    const next = setCondition(setCondition([], scheduled, FIRST), { ...scheduled, message: 'on pod b' }, LATER);
    expect(next).to.deep.equal([{ ...scheduled, message: 'on pod b', lastTransitionTime: FIRST }]);
  });

  it('moves the transition time when the status changes', () => {
    const next = setCondition(setCondition([], scheduled, FIRST), { ...scheduled, status: 'False' }, LATER);
    expect(findCondition(next, 'Scheduled')?.lastTransitionTime).to.equal(LATER);
  });
});

describe('the times of a status', () => {
  it('have microseconds for a Run and seconds for a condition', () => {
    const instant = Date.parse('2026-01-01T00:00:00.250Z') + 0.125;
    expect(microTime(instant)).to.equal('2026-01-01T00:00:00.250125Z');
    expect(secondTime(instant)).to.equal('2026-01-01T00:00:00Z');
  });
});
