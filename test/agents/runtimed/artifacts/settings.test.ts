import { expect } from 'chai';
import { openStore } from '../../../../agents/runtimed/artifacts/open-store.ts';
import { parseS3Settings } from '../../../../agents/runtimed/artifacts/s3-settings.ts';
import { readSettings } from '../../../../agents/runtimed/settings.ts';

const POD = { KRT_POD_NAME: 'p', KRT_POD_NAMESPACE: 'n', KRT_POD_UID: 'u' };
const driverOf = async (env: Record<string, string>) => (await openStore(readSettings({ ...POD, ...env })))?.driver;

describe('the store that the environment names', () => {
  it('is none, a directory or a bucket', async () => {
    expect(await driverOf({})).to.equal(undefined);
    expect(await driverOf({ KRT_ARTIFACTS_DIR: '/krt/artifacts' })).to.equal('filesystem');
    expect(await driverOf({ KRT_ARTIFACTS_S3: '{"bucket":"b"}' })).to.equal('s3');
  }).timeout(20_000);

  for (const text of ['{}', 'null', '{"bucket":""}', '{"bucket":1}', 'no JSON']) {
    it(`is an error with ${text}`, () => expect(() => parseS3Settings(text)).to.throw());
  }
});
