import { expect } from 'chai';
import { sh, useWorld } from '../acceptance/harness/world.ts';
import { INSTALL_TIMEOUT_MS, install, kubectl, remains, uninstall } from './harness/krt.ts';

describe('uninstalling', () => {
  before(async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    await install();
  });
  const world = useWorld('uninstall', { bash: { replicas: 1 } });

  it('leaves nothing, with Runs that run and Runs that wait', async function () {
    this.timeout(INSTALL_TIMEOUT_MS);
    await world.reaches(await world.submit(sh('sleep 600')), 'Running');
    await world.submit({ runtime: 'none', source: { inline: 'true' } });
    expect(await remains()).to.include('namespace/krt-system');
    await uninstall();
    // Pods end within their grace after their Deployment is gone
    await kubectl(['wait', '--for=delete', 'pods', '--all', '-n', world.namespace, '--timeout=90s']);
    expect(await remains()).to.deep.equal([]);
  });

  it('is no error where nothing is installed', async () => {
    await uninstall();
  });
});
