import { expect } from 'chai';
import { makeLogOutput } from '../../../plugin/terminal/log-output.ts';
import { settle } from '../../fakes/clock.ts';
import { makeFakeOutput } from '../../fakes/streams.ts';

describe('LogOutput', () => {
  const make = (terminal = {}) => {
    const journal: string[] = [];
    const stdout = makeFakeOutput(terminal, journal);
    const stderr = makeFakeOutput(terminal, journal);
    return { stdout, stderr, journal, output: makeLogOutput({ stdout, stderr }) };
  };

  it('writes what came in one turn at once', async () => {
    const { output, stdout } = make();
    for (let i = 0; i < 1000; i++) output.write('stdout', Buffer.from(`line ${i}\n`));
    expect(stdout.writes).to.equal(0);
    await settle();
    expect(stdout.writes).to.equal(1);
    expect(stdout.text).to.match(/^line 0\n[\s\S]*line 999\n$/);
  });

  it('keeps the order over both streams', async () => {
    const { output, journal } = make();
    output.write('stdout', Buffer.from('1'));
    output.write('stdout', Buffer.from('2'));
    output.write('stderr', Buffer.from('3'));
    output.write('stdout', Buffer.from('4'));
    await output.end();
    expect(journal).to.deep.equal(['12', '3', '4']);
  });

  it('writes exact bytes where there is no terminal, and harmless ones where there is', async () => {
    const bytes = Buffer.from([0x1b, 0x5b, 0x32, 0x4a, 0xff, 0x0a]);
    const pipe = make();
    pipe.output.write('stdout', bytes);
    await pipe.output.end();
    expect(pipe.stdout.bytes.equals(bytes)).to.equal(true);
    const terminal = make({ isTTY: true });
    terminal.output.write('stdout', bytes);
    await terminal.output.end();
    expect(terminal.stdout.text).to.equal('^[[2J\ufffd\n');
  });

  it('ends a colour that a program has left on, on the stream where it is', async () => {
    const { output, stdout, stderr } = make({ isTTY: true, colour: true });
    output.write('stderr', Buffer.from('\u001b[31mred'));
    await output.end();
    expect([stdout.text, stderr.text]).to.deep.equal(['', '\u001b[31mred\u001b[0m']);
  });

  it('asks to wait while nobody reads', async () => {
    const { output, stdout } = make();
    const gate = Promise.withResolvers<void>();
    stdout.full = gate.promise;
    const wait = output.write('stdout', Buffer.alloc(64 * 1024));
    expect(wait).to.be.instanceOf(Promise);
    expect(output.write('stdout', Buffer.from('more'))).to.be.instanceOf(Promise);
    gate.resolve();
    stdout.full = undefined;
    await wait;
    await output.end();
    expect(output.write('stdout', Buffer.from('x'))).to.equal(undefined);
    await output.end();
  });

  it('knows whether a line is open', () => {
    const { output } = make();
    expect(output.atLineStart).to.equal(true);
    output.write('stdout', Buffer.from('open'));
    expect(output.atLineStart).to.equal(false);
    output.write('stdout', Buffer.alloc(0));
    expect(output.atLineStart).to.equal(false);
    output.write('stderr', Buffer.from('closed\n'));
    expect(output.atLineStart).to.equal(true);
  });
});
