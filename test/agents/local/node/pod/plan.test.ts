import { expect } from 'chai';
import { hasEnded, mayStart, type PodView, planPod } from '../../../../../agents/local/node/pod/plan.ts';
import type { RestartPolicy } from '../../../../../agents/local/node/pod/spec.ts';
import { failed, running, succeeded, waiting } from './records.ts';

const NOW = 100_000;

function view(view: Partial<PodView>): PodView {
  return { policy: 'Always', init: [], main: [], ...view };
}

describe('planPod', () => {
  for (const [title, pod, plan] of [
    ['all containers at once', { main: [waiting('a'), waiting('b')] }, { start: ['a', 'b'] }],
    ['none that runs', { main: [running('a'), waiting('b')] }, { start: ['b'] }],
    ['the first init container alone', { init: [waiting('i'), waiting('j')], main: [waiting('a')] }, { start: ['i'] }],
    [
      'the next once it has succeeded',
      { init: [succeeded('i'), waiting('j')], main: [waiting('a')] },
      { start: ['j'] },
    ],
    ['nothing else while it runs', { init: [running('i')], main: [waiting('a')] }, { start: [] }],
    ['the others after the last', { init: [succeeded('i')], main: [waiting('a')] }, { start: ['a'] }],
    ['it again where it failed', { init: [failed('i', { notBefore: NOW })], main: [waiting('a')] }, { start: ['i'] }],
    [
      'no one where it may not be tried again',
      { policy: 'Never', init: [failed('i')], main: [waiting('a')] },
      { start: [] },
    ],
    [
      'what is due, and when to look for the rest',
      {
        main: [
          failed('a', { notBefore: NOW }),
          failed('b', { notBefore: NOW + 5 }),
          failed('c', { notBefore: NOW + 9 }),
        ],
      },
      { start: ['a'], wakeAt: NOW + 5 },
    ],
    [
      'none whose image there is not',
      { main: [waiting('a', { reason: 'ErrImagePull' }), waiting('b', { reason: 'ImagePullBackOff' }), waiting('c')] },
      { start: ['c'] },
    ],
    [
      'one whose configuration was missing',
      { main: [waiting('a', { reason: 'CreateContainerConfigError' })] },
      { start: ['a'] },
    ],
  ] as const) {
    it(`starts ${title}`, () => {
      expect(planPod(view(pod as Partial<PodView>), NOW)).to.deep.equal(plan);
    });
  }
});

describe('mayStart', () => {
  for (const [policy, isInit, again] of [
    ['Always', false, { succeeded: true, failed: true }],
    ['OnFailure', false, { succeeded: false, failed: true }],
    ['Never', false, { succeeded: false, failed: false }],
    ['Always', true, { succeeded: false, failed: true }],
    ['OnFailure', true, { succeeded: false, failed: true }],
    ['Never', true, { succeeded: false, failed: false }],
  ] as const) {
    it(`goes by the policy ${policy} for ${isInit ? 'an init' : 'a'} container that has ended`, () => {
      expect(mayStart(succeeded('a'), policy, isInit), 'after a success').to.equal(again.succeeded);
      expect(mayStart(failed('a'), policy, isInit), 'after a failure').to.equal(again.failed);
      expect(mayStart(waiting('a'), policy, isInit), 'before').to.equal(true);
      expect(mayStart(running('a'), policy, isInit), 'while it runs').to.equal(false);
    });
  }
});

describe('hasEnded', () => {
  for (const [title, policy, pod, ended] of [
    ['all have, for good', 'Never', { main: [succeeded('a'), failed('b')] }, true],
    ['one still runs', 'Never', { main: [succeeded('a'), running('b')] }, false],
    ['one has yet to start', 'Never', { main: [succeeded('a'), waiting('b')] }, false],
    ['one is started again', 'OnFailure', { main: [succeeded('a'), failed('b')] }, false],
    ['all have succeeded', 'OnFailure', { main: [succeeded('a')] }, true],
    ['all are always started again', 'Always', { main: [succeeded('a')] }, false],
    ['an init container has failed for good', 'Never', { init: [failed('i')], main: [waiting('a')] }, true],
    ['an init container is tried again', 'OnFailure', { init: [failed('i')], main: [waiting('a')] }, false],
  ] as const) {
    it(`is ${ended} where ${title}`, () => {
      expect(hasEnded(view({ ...(pod as Partial<PodView>), policy: policy as RestartPolicy }))).to.equal(ended);
    });
  }
});
