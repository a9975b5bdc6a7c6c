import { expect } from 'chai';
import { ConfigError } from '../../../../../agents/local/node/container/config-error.ts';
import { containerEnv } from '../../../../../agents/local/node/container/env.ts';
import { expand } from '../../../../../agents/local/node/container/expand.ts';
import type { NodeContainer } from '../../../../../agents/local/node/pod/spec.ts';
import { makePod } from '../../../../builders/pod.ts';
import { makeReferences } from './references.ts';

const references = makeReferences({
  'ConfigMap/app': { mode: 'fast', 'log-level': 'debug' },
  'Secret/keys': { key: 'hidden', mode: 'slow' },
});

const envOf = (container: Omit<NodeContainer, 'name'>) =>
  Object.fromEntries(containerEnv({ name: 'main', ...container }, makePod('p').obj(), references));

describe('the environment of a container', () => {
  for (const [title, container, env] of [
    ['values as they are written', { env: [{ name: 'A', value: ' a b ' }] }, { A: ' a b ' }],
    ['an empty value where none is given', { env: [{ name: 'A' }] }, { A: '' }],
    [
      'values of variables before',
      {
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: '$(A)/$(C)' },
          { name: 'C', value: 'c' },
        ],
      },
      { A: 'a', B: 'a/$(C)', C: 'c' },
    ],
    [
      'the last of one name',
      {
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '$(A)2' },
        ],
      },
      { A: '12' },
    ],
    [
      'a whole ConfigMap, with a prefix',
      { envFrom: [{ prefix: 'APP_', configMapRef: { name: 'app' } }] },
      { APP_mode: 'fast', 'APP_log-level': 'debug' },
    ],
    [
      'whole ones in order',
      { envFrom: [{ configMapRef: { name: 'app' } }, { secretRef: { name: 'keys' } }] },
      { mode: 'slow', 'log-level': 'debug', key: 'hidden' },
    ],
    [
      'own values above those of whole ones',
      { envFrom: [{ configMapRef: { name: 'app' } }], env: [{ name: 'mode', value: 'mine, not $(mode)' }] },
      { mode: 'mine, not fast', 'log-level': 'debug' },
    ],
    [
      'single keys',
      {
        env: [
          { name: 'A', valueFrom: { configMapKeyRef: { name: 'app', key: 'mode' } } },
          { name: 'B', valueFrom: { secretKeyRef: { name: 'keys', key: 'key' } } },
        ],
      },
      { A: 'fast', B: 'hidden' },
    ],
    [
      'nothing for what is missing and may be',
      {
        envFrom: [{ configMapRef: { name: 'none', optional: true } }, { secretRef: { name: 'none', optional: true } }],
        env: [
          { name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'k', optional: true } } },
          { name: 'B', valueFrom: { configMapKeyRef: { name: 'app', key: 'none', optional: true } } },
        ],
      },
      {},
    ],
    [
      'fields of the Pod',
      { env: [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] },
      { NAME: 'p' },
    ],
  ] as const) {
    it(`has ${title}`, () => {
      expect(envOf(container as unknown as NodeContainer)).to.deep.equal(env);
    });
  }

  for (const [title, valueFrom, message] of [
    ['a ConfigMap', { configMapKeyRef: { name: 'none', key: 'k' } }, 'configmap "none" not found'],
    ['a Secret', { secretKeyRef: { name: 'none', key: 'k' } }, 'secret "none" not found'],
    ['a key', { secretKeyRef: { name: 'keys', key: 'none' } }, "couldn't find key none in Secret default/keys"],
    [
      'a source that this node has',
      { resourceFieldRef: { resource: 'limits.cpu' } },
      'valueFrom.resourceFieldRef is not supported by the embedded default',
    ],
    ['a field that it knows', { fieldRef: { fieldPath: 'spec.hostname' } }, 'fieldPath spec.hostname is not supported'],
  ] as const) {
    it(`waits for ${title}`, () => {
      expect(() => envOf({ env: [{ name: 'A', valueFrom }] })).to.throw(ConfigError, message);
    });
  }
});

describe('expand', () => {
  const values = new Map([
    ['A', 'a'],
    ['MONEY', '$(A)'],
  ]);
  for (const [text, expanded] of [
    ['$(A) and $(A)', 'a and a'],
    ['$(NONE)', '$(NONE)'],
    ['$$(A)', '$(A)'],
    ['$$$(A)', '$a'],
    ['$A {A} $( A)', '$A {A} $( A)'],
    ['$(MONEY)', '$(A)'],
    ['$(A', '$(A'],
    ['100$', '100$'],
  ] as const) {
    it(`makes ${text} to ${expanded}`, () => {
      expect(expand(text, values)).to.equal(expanded);
    });
  }
});
