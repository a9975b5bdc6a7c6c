import { expect } from 'chai';
import { ownImage } from '../../../agents/controller/own-image.ts';
import { makePod } from '../../builders/pod.ts';
import { makeFakeClients } from '../../fakes/clients.ts';

describe('ownImage', () => {
  const { pods } = makeFakeClients();
  const pod = makePod('controller-1').obj();
  pod.spec.containers = [
    { name: 'proxy', image: 'proxy:1' },
    { name: 'controller', image: 'mirror.example/agents:7' },
  ];
  pods.seed(pod);
  const ask = (name: string | undefined) =>
    ownImage({
      client: pods,
      pod: name === undefined ? undefined : { name, namespace: 'default' },
      container: 'controller',
      signal: new AbortController().signal,
    });

  it('is what the Pod says, whatever else runs in it', async () => {
    expect(await ask('controller-1')).to.equal('mirror.example/agents:7');
  });

  it('is not known outside of a Pod', async () => {
    expect(await ask(undefined)).to.equal(undefined);
  });

  it('fails where the Pod can not be read: a guess would roll every Runtime', async () => {
    const failed = await ask('controller-2').catch((error: Error) => error.message);
    expect(failed).to.match(/not found/i);
  });
});
