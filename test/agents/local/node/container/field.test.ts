import { expect } from 'chai';
import { ConfigError } from '../../../../../agents/local/node/container/config-error.ts';
import { fieldOf } from '../../../../../agents/local/node/container/field.ts';
import { makePod } from '../../../../builders/pod.ts';

describe('a field of the downward API', () => {
  const pod = makePod('p')
    .meta({ labels: { b: '2', a: 'x "y"' }, annotations: { 'example.com/note': 'line\nline' } })
    .obj();
  Object.assign(pod.spec, { nodeName: 'local', serviceAccountName: 'robot' });

  for (const [path, value] of [
    ['metadata.name', 'p'],
    ['metadata.namespace', 'default'],
    ['metadata.uid', 'uid-p'],
    ['metadata.labels', 'a="x \\"y\\""\nb="2"'],
    ["metadata.labels['b']", '2'],
    ["metadata.labels['none']", ''],
    ["metadata.annotations['example.com/note']", 'line\nline'],
    ['metadata.annotations', 'example.com/note="line\\nline"'],
    ['spec.nodeName', 'local'],
    ['spec.serviceAccountName', 'robot'],
    ['status.podIP', '127.0.0.1'],
    ['status.hostIP', '127.0.0.1'],
  ] as const) {
    it(`is ${JSON.stringify(value)} at ${path}`, () => {
      expect(fieldOf(pod, path)).to.equal(value);
    });
  }

  it('is empty where the Pod does not say', () => {
    const { spec } = makePod('p').obj();
    const bare = { metadata: {}, spec };
    for (const path of [
      'metadata.name',
      'metadata.namespace',
      'metadata.labels',
      'spec.nodeName',
      'spec.serviceAccountName',
    ]) {
      expect(fieldOf(bare, path)).to.equal('');
    }
  });

  it('is refused where there is none of that name', () => {
    expect(() => fieldOf(pod, 'spec.containers')).to.throw(ConfigError, 'fieldPath spec.containers is not supported');
  });
});
