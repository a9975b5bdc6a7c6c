import { expect } from 'chai';
import { pathMap } from '../../../../../agents/local/node/container/host-paths.ts';
import { argvOf, findImage, type Images, unknownImage } from '../../../../../agents/local/node/container/images.ts';

describe('a path map', () => {
  const { translate } = pathMap([
    { mountPath: '/data', hostPath: '/pods/1/data' },
    { mountPath: '/data/deep/', hostPath: '/pods/1/deep' },
    { mountPath: '/', hostPath: '/pods/1/root' },
  ]);
  for (const [value, there] of [
    ['/data', '/pods/1/data'],
    ['/data/', '/pods/1/data/'],
    ['/data/file', '/pods/1/data/file'],
    ['/data/deep/file', '/pods/1/deep/file'],
    ['/database', '/database'],
    ['/etc/hosts', '/etc/hosts'],
    ['--dir=/data/x', '--dir=/pods/1/data/x'],
    ['-d=/data', '-d=/pods/1/data'],
    ['--dir=/etc', '--dir=/etc'],
    ['--list=/data,/data/deep', '--list=/data,/data/deep'],
    ['data', 'data'],
    ['see /data', 'see /data'],
    ['KEY=/data', 'KEY=/data'],
    ['', ''],
  ] as const) {
    it(`makes '${value}' to '${there}'`, () => {
      expect(translate(value)).to.equal(there);
    });
  }
});

describe('images', () => {
  const image = {
    argv: ['/bin/node', '/dist/server.js'],
    words: { node: '/bin/node', '/app/server.js': '/dist/server.js' },
    lifeline: true,
  };
  const images: Images = { server: image, 'registry.example:5000/tools/server': image };

  for (const [reference, known] of [
    ['server', true],
    ['server:v1.2', true],
    ['server@sha256:abcd', true],
    ['server:v1@sha256:abcd', true],
    ['registry.example:5000/tools/server', true],
    ['registry.example:5000/tools/server:latest', true],
    ['tools/server', false],
    ['servers', false],
    ['', false],
    ['constructor', false],
  ] as const) {
    it(`${known ? 'know' : 'do not know'} '${reference}'`, () => {
      expect(findImage(images, reference)).to.equal(known ? image : undefined);
    });
  }

  it('tell what there is where one is not known', () => {
    expect(unknownImage(images, 'python:3')).to.equal(
      'image "python:3" is not known: the embedded default runs Pods as processes and knows only ' +
        'registry.example:5000/tools/server, server; other images need a cluster',
    );
  });

  for (const [title, container, argv] of [
    ['start with their own program', {}, ['/bin/node', '/dist/server.js']],
    ['give it the args', { args: ['node', '--x'] }, ['/bin/node', '/dist/server.js', 'node', '--x']],
    [
      'start with a command, with the words of the image',
      { command: ['node', '/app/server.js'], args: ['/app'] },
      ['/bin/node', '/dist/server.js', '/app'],
    ],
    ['start with a command of this machine', { command: ['sh', '-c', 'node'] }, ['sh', '-c', '/bin/node']],
  ] as const) {
    it(title, () => {
      expect(argvOf(image, container as { command?: string[]; args?: string[] })).to.deep.equal(argv);
    });
  }
});
