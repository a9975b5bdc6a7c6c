import { expect } from 'chai';
import { portsToReplace, probePort, replacePort } from '../../../../../agents/local/node/pod/ports.ts';
import { makePod } from '../../../../builders/pod.ts';

describe('the ports of a Pod', () => {
  const pod = makePod('p').obj();
  pod.spec.containers = [
    {
      name: 'runtime',
      env: [
        { name: 'KRT_RUNTIME_PORT', value: '19091' },
        { name: 'PORT', value: '8080' },
      ],
    },
    {
      name: 'runtimed',
      env: [
        { name: 'KRT_RUNTIME_PORT', value: '19091' },
        { name: 'KRT_HEALTH_PORT', value: '19092' },
      ],
    },
    { name: 'other', env: [{ name: 'KRT_RUNTIME_PORT', value: 'none' }, { name: 'KRT_HEALTH_PORT' }] },
  ];
  const ports = new Map([[19091, 20001]]);

  it('are replaced where the containers are told them by name', () => {
    expect([...portsToReplace(pod)]).to.deep.equal([19091, 19092]);
  });

  for (const [name, value, told] of [
    ['KRT_RUNTIME_PORT', '19091', '20001'],
    ['KRT_RUNTIME_PORT', '19092', '19092'],
    ['PORT', '19091', '19091'],
  ] as const) {
    it(`make ${name}=${value} to ${told}`, () => {
      expect(replacePort(name, value, ports)).to.equal(told);
    });
  }

  for (const [title, port, found] of [
    ['a number', 8080, 8080],
    ['a number that is replaced', 19091, 20001],
    ['a name', 'grpc', 20001],
    ['a number as text', '8080', 8080],
    ['a name that there is not', 'http', undefined],
    ['no port', 0, undefined],
  ] as const) {
    it(`are found by a probe that names ${title}`, () => {
      const container = { name: 'runtime', ports: [{ name: 'grpc', containerPort: 19091 }] };
      expect(probePort(container, port, ports)).to.equal(found);
    });
  }
});
