import { expect } from 'chai';
import { statusText, type UpResult, type UpTextOptions, upText } from '../../../plugin/printers/local.ts';

const RESULT: UpResult = {
  ...{ pid: 7, version: '1.2.3', server: 'http://127.0.0.1:34567', kubeconfig: '/home/me/.krt/kubeconfig' },
  ...{ startedAt: '2026-01-01T00:00:00Z', wasUp: false, runtimes: [] },
};

describe('what krt local up says', () => {
  const say = (result: Partial<UpResult>, options: Partial<UpTextOptions> = {}) =>
    upText(
      { ...RESULT, ...result },
      { bin: 'krt', version: '1.2.3', namespace: 'default', isChosen: true, ...options },
    );
  const FIELDS = 'API server:  http://127.0.0.1:34567\nKubeconfig:  /home/me/.krt/kubeconfig\n';
  const CHOOSE = '  export KUBECONFIG=/home/me/.krt/kubeconfig\n';
  const UP = 'the embedded default is up: krt on this machine alone\n';
  const WAS_UP = 'the embedded default was up already\n';

  for (const [title, result, options, text] of [
    [
      'at first',
      {},
      {},
      `${UP}${FIELDS}Next, a Runtime to run on:\n  krt local up --runtime bash\nFor kubectl:\n${CHOOSE}`,
    ],
    [
      'with a Runtime',
      { runtimes: ['bash', 'tools'] },
      {},
      `${UP}${FIELDS}Try it:\n  krt run -r bash -- echo "hello from krt"\nFor kubectl:\n${CHOOSE}`,
    ],
    [
      'to who calls it otherwise, in another namespace',
      { runtimes: ['bash'], wasUp: true },
      { bin: 'kubectl krt', namespace: 'apps' },
      `${WAS_UP}${FIELDS}Try it:\n  kubectl krt run -n apps -r bash -- echo "hello from krt"\nFor kubectl:\n${CHOOSE}`,
    ],
    [
      'of one that an older krt has started',
      { wasUp: true, version: '1.0.0' },
      { namespace: 'apps' },
      `${WAS_UP}${FIELDS}It was started by krt 1.0.0; to renew it: krt local down, then up\nNext, a Runtime to run on:\n  krt local up -n apps --runtime bash\nFor kubectl:\n${CHOOSE}`,
    ],
    [
      'to who speaks to another cluster',
      { runtimes: ['bash'] },
      { isChosen: false },
      `${UP}${FIELDS}Your kubeconfig names another cluster; first:\n${CHOOSE}Try it:\n  krt run -r bash -- echo "hello from krt"\n`,
    ],
  ] as const) {
    it(title, () => {
      expect(say(result, options)).to.equal(text);
    });
  }
});

describe('what krt local status says', () => {
  it('of one that is up', () => {
    const now = Date.parse('2026-01-01T00:05:00Z');
    expect(statusText(RESULT, now, 'krt')).to.equal(
      'the embedded default is up\nAPI server:  http://127.0.0.1:34567\nKubeconfig:  /home/me/.krt/kubeconfig\n' +
        'Process:     7\nVersion:     1.2.3\nUp for:      5m\n',
    );
  });

  it('of one that is down', () => {
    expect(statusText(undefined, 0, 'kubectl krt')).to.equal(
      'the embedded default is down; start it with: kubectl krt local up\n',
    );
  });
});
