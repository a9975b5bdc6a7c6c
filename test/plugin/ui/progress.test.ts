import { expect } from 'chai';
import { makeProgress } from '../../../plugin/ui/progress.ts';
import { settle } from '../../fakes/clock.ts';
import { makeFakeOutput } from '../../fakes/streams.ts';

/** A spinner that writes down what it is told. */
function makeFakeSpinner() {
  const told: string[] = [];
  let isSpinning = false;
  let text = '';
  return {
    told,
    get isSpinning() {
      return isSpinning;
    },
    get text() {
      return text;
    },
    set text(next: string) {
      text = next;
      told.push(next);
    },
    start() {
      isSpinning = true;
    },
    stop() {
      if (isSpinning) told.push('');
      isSpinning = false;
    },
  };
}

describe('the line of progress', () => {
  const make = (terminal = {}, quiet = false) => {
    const stderr = makeFakeOutput({ isTTY: true, ...terminal });
    const spinner = makeFakeSpinner();
    let loads = 0;
    const progress = makeProgress(stderr, quiet, async () => {
      loads += 1;
      return spinner;
    });
    return { stderr, spinner, progress, loads: () => loads };
  };

  it('is shown, changed and taken away', async () => {
    const { spinner, progress, loads } = make();
    progress.show('one');
    progress.show('two');
    await settle();
    progress.show('three');
    progress.clear();
    expect(spinner.told).to.deep.equal(['two', 'three', '']);
    expect(loads()).to.equal(1);
  });

  it('is not shown where it was taken away before it could be', async () => {
    const { spinner, progress } = make();
    progress.show('one');
    progress.clear();
    await settle();
    expect(spinner.isSpinning).to.equal(false);
  });

  it('makes room for a note', async () => {
    const { stderr, spinner, progress } = make();
    progress.show('one');
    await settle();
    progress.note('a note');
    expect(stderr.text).to.equal('a note\n');
    expect(spinner.told).to.deep.equal(['one', '', 'one']);
    expect(spinner.isSpinning).to.equal(true);
  });

  it('never wraps', async () => {
    const { spinner, progress } = make({ columns: 20 });
    progress.show('x'.repeat(100));
    await settle();
    expect(spinner.text).to.equal(`${'x'.repeat(14)}…`);
  });

  for (const [title, terminal, quiet] of [
    ['without a terminal', { isTTY: false }, false],
    ['where it would disturb', {}, true],
  ] as const) {
    it(`is not there ${title}, but notes are`, async () => {
      const { stderr, progress, loads } = make(terminal, quiet);
      expect(progress.isVisible).to.equal(false);
      progress.show('one');
      progress.note('a note');
      progress.clear();
      await settle();
      expect([stderr.text, loads()]).to.deep.equal(['a note\n', 0]);
    });
  }
});
