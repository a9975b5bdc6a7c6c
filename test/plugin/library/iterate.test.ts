import { expect } from 'chai';
import { iterate } from '../../../plugin/library/iterate.ts';

const never = new AbortController().signal;
/** Lets everything run that is due. */
const turn = () => new Promise(resolve => setImmediate(resolve));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('an iterator of what calls a function', () => {
  it('gives all items in order, whenever they come', async () => {
    const items = iterate<number>(async emit => {
      for (let i = 0; i < 250; i++) {
        if (i % 7 === 0) await turn();
        await emit(i);
      }
    }, never);
    expect(await collect(items)).to.deep.equal(Array.from({ length: 250 }, (_, i) => i));
  });

  it('gives nothing where nothing came', async () => {
    expect(await collect(iterate(async () => undefined, never))).to.deep.equal([]);
  });

  it('holds the producer up while the reader is behind', async () => {
    let made = 0;
    const items = iterate<number>(async emit => {
      for (; made < 1_000; made++) await emit(made);
    }, never);
    await items.next();
    await turn();
    expect(made).to.be.within(100, 250);
    await items.return();
  });

  it('gives what came before a failure, then throws it', async () => {
    const items = iterate<string>(async emit => {
      await emit('one');
      throw new Error('lost');
    }, never);
    expect((await items.next()).value).to.equal('one');
    const failure = await items.next().catch((error: Error) => error.message);
    expect(failure).to.equal('lost');
  });

  it('tells the producer that the reader has left, and waits for its end', async () => {
    const told: string[] = [];
    const items = iterate<number>(async (emit, signal) => {
      signal.addEventListener('abort', () => told.push('aborted'));
      for (let i = 0; !signal.aborted; i++) await emit(i);
      told.push('ended');
    }, never);
    for await (const item of items) if (item === 3) break;
    expect(told).to.deep.equal(['aborted', 'ended']);
  });

  it('ends with the reason of its signal', async () => {
    const controller = new AbortController();
    const items = iterate<number>(async (_emit, signal) => {
      controller.abort(new Error('enough'));
      signal.throwIfAborted();
    }, controller.signal);
    const failure = await items.next().catch((error: Error) => error.message);
    expect(failure).to.equal('enough');
  });
});
