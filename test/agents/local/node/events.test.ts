import { expect } from 'chai';
import { pino } from 'pino';
import { makeEvents } from '../../../../agents/local/node/events.ts';
import { ApiError } from '../../../../crds/client/api-error.ts';
import { makePod } from '../../../builders/pod.ts';
import { makeFakeClients } from '../../../fakes/clients.ts';
import { FakeClock, settle } from '../../../fakes/clock.ts';

describe('the events of the node', () => {
  const pod = makePod('p').obj();

  function make() {
    const clock = new FakeClock();
    const client = makeFakeClients().events;
    const { signal } = new AbortController();
    return { clock, client, tell: makeEvents({ client, clock, log: pino({ level: 'silent' }), signal }) };
  }

  it('tell what happened to which Pod', async () => {
    const { client, tell } = make();
    tell(pod, 'Warning', 'Failed', 'x'.repeat(2000));
    await settle();
    const [event, ...more] = client.all();
    expect(more).to.deep.equal([]);
    expect(event).to.deep.include({
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'p', namespace: 'default', uid: 'uid-p' },
      ...{ type: 'Warning', reason: 'Failed', message: 'x'.repeat(1024), count: 1 },
      firstTimestamp: '2026-01-01T00:00:00Z',
    });
    expect(event!.metadata.name).to.match(/^p\.[0-9a-f]{16}$/);
  });

  it('count what is repeated, and keep the rest apart', async () => {
    const { client, clock, tell } = make();
    for (const message of ['Container a started', 'Container b started', 'Container a started']) {
      tell(pod, 'Normal', 'Started', message);
      await settle();
      await clock.advance(60_000);
    }
    tell(makePod('p').meta({ uid: 'another' }).obj(), 'Normal', 'Started', 'Container a started');
    await settle();
    expect(
      client.all().map(({ message, count, lastTimestamp }) => [message, count, lastTimestamp?.slice(14, 16)]),
    ).to.deep.equal([
      ['Container a started', 2, '02'],
      ['Container b started', 1, '01'],
      ['Container a started', 1, '03'],
    ]);
  });

  it('have names that fit, whatever the name of the Pod', async () => {
    const { client, tell } = make();
    tell(makePod('p'.repeat(253)).obj(), 'Normal', 'Started', 'it did');
    await settle();
    expect(client.all()[0]!.metadata.name).to.have.length(253);
  });

  it('are help, not state: a server that takes none is no failure', async () => {
    const { client, tell } = make();
    client.failNext('create', new ApiError(403, { code: 403, message: 'no room' }));
    tell(pod, 'Normal', 'Started', 'it did');
    await settle();
    expect(client.all()).to.deep.equal([]);
  });
});
