import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect } from 'chai';
import { PortPool } from '../../../../../agents/local/node/pod/ports.ts';
import { makePod } from '../../../../builders/pod.ts';

/** A Pod whose containers are told a port by name. */
function telling(name: string) {
  const pod = makePod(name).obj();
  pod.spec.containers = [{ name: 'runtime', env: [{ name: 'KRT_RUNTIME_PORT', value: '19091' }] }];
  return pod;
}

describe('a pool of ports', () => {
  it('gives no port to two Pods, none on which somebody listens, and again what was released', async () => {
    const pool = new PortPool(() => 0);
    const first = (await pool.takeFor(telling('a'))).get(19091)!;
    const server = createServer().listen(first + 1, '127.0.0.1');
    await once(server, 'listening');
    try {
      expect((await pool.takeFor(telling('b'))).get(19091)).to.be.greaterThan(first + 1);
      expect((await pool.takeFor(telling('a'))).get(19091), 'the same Pod again').to.equal(first);
      pool.release('uid-a');
      expect((await pool.takeFor(telling('c'))).get(19091)).to.equal(first);
    } finally {
      server.close();
      await once(server, 'close');
    }
  });

  it('finds the ports of Pods that run', async () => {
    const pool = new PortPool();
    expect(pool.find('uid-a', 19091)).to.equal(undefined);
    const ports = await pool.takeFor(telling('a'));
    expect([...ports.keys()]).to.deep.equal([19091]);
    expect(pool.find('uid-a', 19091)).to.equal(ports.get(19091)).and.to.be.within(20_000, 31_999);
    expect(pool.find('uid-a', 8080), 'one that is not replaced').to.equal(8080);
    pool.release('uid-a');
    expect(pool.find('uid-a', 19091)).to.equal(undefined);
  });
});
