import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { openLiveView, type Suspendable } from '../../../plugin/ui/live-view.ts';
import { makeFakeOutput } from '../../fakes/streams.ts';

/** A process that can be suspended. */
function makeFakeProcess(platform: NodeJS.Platform = 'linux') {
  const killed: unknown[] = [];
  const kill = (...words: unknown[]) => killed.push(words) > 0;
  return Object.assign(new EventEmitter(), { killed, kill, pid: 7, platform }) as unknown as Suspendable &
    EventEmitter & { killed: unknown[] };
}

describe('the live view', () => {
  it('is on a screen of its own, and wipes what was there line by line', () => {
    const stdout = makeFakeOutput({ isTTY: true });
    const proc = makeFakeProcess();
    const view = openLiveView(stdout, proc);
    view.draw('a\nb\n');
    view.close();
    expect(stdout.text).to.equal(
      '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[Ka\r\n\u001b[Kb\r\n\u001b[J\u001b[?7h\u001b[?25h\u001b[?1049l',
    );
    expect(proc.eventNames()).to.deep.equal([]);
  });

  it('leaves the last line of a full screen as it is', () => {
    const stdout = makeFakeOutput({ isTTY: true, rows: 2 });
    openLiveView(stdout, makeFakeProcess()).draw('a\nb\nc\n');
    expect(stdout.text.endsWith('\u001b[H\u001b[Ka\r\n\u001b[Kb')).to.equal(true);
  });

  it('gives the terminal back on Ctrl-Z, draws nothing there, and goes on where it was', () => {
    const stdout = makeFakeOutput({ isTTY: true });
    const proc = makeFakeProcess();
    const view = openLiveView(stdout, proc);
    view.draw('a');
    proc.emit('SIGTSTP');
    expect(proc.killed).to.deep.equal([[7, 'SIGSTOP']]);
    const suspended = stdout.text;
    expect(suspended.endsWith('\u001b[?1049l')).to.equal(true);
    view.draw('b');
    expect(stdout.text).to.equal(suspended);
    proc.emit('SIGCONT');
    expect(stdout.text.slice(suspended.length)).to.equal(
      '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[H\u001b[Kb\r\n\u001b[J',
    );
  });

  it('asks for no signal that Windows lacks', () => {
    const proc = makeFakeProcess('win32');
    openLiveView(makeFakeOutput({ isTTY: true }), proc);
    expect(proc.eventNames()).to.deep.equal([]);
  });
});
