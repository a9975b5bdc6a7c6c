import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { s3Store } from '../../../../agents/runtimed/artifacts/s3-store.ts';

const LISTED = `<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>
<Contents><Key>uid-a/log-x/1.jsonl.gz</Key></Contents><Contents><Key>uid-a/1-x/a</Key></Contents></ListBucketResult>`;
const REFUSED = `<?xml version="1.0"?><DeleteResult><Error><Key>uid-a/1-x/a</Key><Code>AccessDenied</Code>
<Message>Access Denied</Message></Error></DeleteResult>`;

// all else is tried on a real server: npm run test:s3
describe('a bucket that refuses to delete one object of many', () => {
  const env = { ...process.env };
  let server: Server;
  let asked: (string | undefined)[] = [];
  before(done => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' });
    asked = [];
    server = createServer(({ method, url }, response) => {
      asked.push(`${method} ${url?.replace(/&?x-id=\w+/, '')}`);
      response.setHeader('Content-Type', 'application/xml').end(method === 'GET' ? LISTED : REFUSED);
    });
    server.listen(0, '127.0.0.1', done);
  });
  after(done => {
    process.env = env;
    server.closeAllConnections();
    server.close(done);
  });

  it('is an error, so that the Run is not let go yet', async () => {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const store = s3Store({ bucket: 'bucket', endpoint, forcePathStyle: true });
    const error = await store.remove('uid-a').catch((refusal: unknown) => refusal);
    expect(error)
      .to.be.instanceOf(Error)
      .with.property('message', '1 objects could not be deleted, such as uid-a/1-x/a: Access Denied');
    expect(asked).to.deep.equal(['GET /bucket/?list-type=2&prefix=uid-a%2F', 'POST /bucket/?delete=']);
  });
});
