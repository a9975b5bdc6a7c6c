import { expect } from 'chai';
import { SortedQueue } from '../../../agents/lib/sorted-queue.ts';

describe('SortedQueue', () => {
  it('keeps its order through any mix of adds and deletes', () => {
    const queue = new SortedQueue<number>((a, b) => a - b);
    const inside = new Set<number>();
    let seed = 7;
    for (let i = 0; i < 2000; i++) {
      seed = (seed * 1103515245 + 12345) % 2 ** 31;
      const item = seed % 200;
      if (seed % 3 === 0) expect(queue.delete(item)).to.equal(inside.delete(item));
      else {
        queue.add(item);
        inside.add(item);
      }
    }
    expect([...queue]).to.deep.equal([...inside].sort((a, b) => a - b));
    expect(queue.size).to.equal(inside.size);
    expect(queue.first).to.equal(Math.min(...inside));
  });

  it('costs one comparison to add at the end, and O(log n) anywhere else', () => {
    let comparisons = 0;
    const queue = new SortedQueue<number>((a, b) => {
      comparisons++;
      return a - b;
    });
    for (let i = 0; i < 5000; i++) queue.add(i);
    expect(comparisons).to.be.at.most(5000);
    comparisons = 0;
    queue.delete(0);
    queue.delete(2500);
    queue.add(2500.5);
    expect(comparisons).to.be.at.most(3 * 15);
  });
});
