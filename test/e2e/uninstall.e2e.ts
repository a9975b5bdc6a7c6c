import { expect } from 'chai';
import { sh, useWorld } from '../acceptance/harness/world.ts';
import { INSTALL_TIMEOUT_MS, install, presence, uninstall } from './harness/krt.ts';

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
    expect(await presence()).to.include.members(['namespace/krt-system', 'deployment.apps/krt-runtime-bash']);
    await uninstall();
    expect(await presence()).to.deep.equal([]);
  });

  it('is no error where nothing is installed', async () => {
    await uninstall();
  });
});
